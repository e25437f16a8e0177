import type { Counter, Metrics } from '@secure-chat/service-kit/metrics/metrics';
import { publicError } from '@secure-chat/service-kit/public-error';
import { ERRORS } from '@secure-chat/wire/errors';
import type { StreamAnswer, Upstream, Upstreams } from './upstream.ts';

/** Counts what services failed to answer: no answer at all, and errors of their own (5xx). A refusal is an answer. */
export function measuredUpstreams({ auth, directory, relay }: Upstreams, metrics: Metrics): Upstreams {
  const failures = metrics.counter(
    'upstream_failures_total',
    'Calls that a service did not answer, or with an error of its own.',
    ['upstream'],
  );
  return {
    auth: measuredUpstream(auth, 'auth', failures),
    directory: measuredUpstream(directory, 'directory', failures),
    relay: measuredUpstream(relay, 'relay', failures),
  };
}

function measuredUpstream(upstream: Upstream, name: string, failures: Counter<'upstream'>): Upstream {
  const look = (status: number): void => {
    if (status >= 500) failures.add({ upstream: name });
  };
  const watch = async <Answer>(answering: Promise<Answer>, statusOf: (answer: Answer) => number) => {
    try {
      const answer = await answering;
      look(statusOf(answer));
      return answer;
    } catch (error) {
      look(ERRORS[publicError(error).code].status);
      throw error;
    }
  };
  return {
    ...upstream,
    call: (call) => watch(upstream.call(call), ({ status }) => status),
    callAll: (call) => watch(upstream.callAll(call), ({ status }) => status),
    open: (call) => watch(upstream.open(call), statusOfStream),
  };
}

const statusOfStream = (answer: StreamAnswer): number => ('refusal' in answer ? answer.refusal.status : 200);
