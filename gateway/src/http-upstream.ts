import { AppError } from '@secure-chat/service-kit/app-error';
import { IDENTITY_HEADER, signIdentity } from '@secure-chat/service-kit/internal-identity';
import type { Logger } from '@secure-chat/service-kit/logger';
import type { Keyring } from '@secure-chat/service-kit/service-keys';
import { formatTraceparent } from '@secure-chat/service-kit/tracing/traceparent';
import type { ServiceName } from '@secure-chat/wire/endpoints';
import { type Instance, wasNotBegun, wasNotSent } from './instance.ts';
import type { InstanceRequest } from './instance-request.ts';
import { followInstances, type Load, type Resolve, resolveName } from './instances.ts';
import type { ServiceCall, Upstream } from './upstream.ts';

/** Milliseconds for a service's answer: more than its own time-outs take. */
const ANSWER_MS = 10_000;
/** Milliseconds for the answer to a GET that another instance may answer: two of these are less than a client's 5 s. */
const GET_MS = 2_000;
/** Milliseconds after which no further instance is asked: the client gives up after 5 s. */
const TRY_MS = 4_000;
/** Milliseconds for the answer to whether an instance is ready: a supervisor asks every few seconds. */
const READY_MS = 2_000;

/** In milliseconds; what they are for stands at the defaults above. */
export interface Patience {
  readonly answer: number;
  readonly get: number;
  readonly tries: number;
}

export interface HttpUpstreamOptions {
  readonly service: ServiceName;
  /** For example `http://127.0.0.1:8001`; each address of each of these is an instance of the service. */
  readonly origins: readonly string[];
  readonly identityKeys: Keyring;
  readonly clock: () => number;
  readonly logger: Logger;
  readonly resolve?: Resolve;
  readonly lookMs?: number;
  readonly patience?: Patience;
}

/**
 * A service of one or more processes of their own. Every call carries the gateway's signed identity. Where an instance
 * fails, another one is asked if the first has certainly done nothing, or if it makes no difference (GET). A POST or PUT
 * whose connection broke is `unavailable`: the client sends it again, with the same message id.
 */
export function createHttpUpstream(options: HttpUpstreamOptions): Upstream {
  const { service, origins, identityKeys, clock, resolve = resolveName, lookMs } = options;
  const { patience = { answer: ANSWER_MS, get: GET_MS, tries: TRY_MS } } = options;
  const logger = options.logger.child({ service });
  const instances = followInstances(origins, logger, resolve, lookMs);

  const requestOf = (call: ServiceCall, waitMs: number): InstanceRequest => {
    const { method, username, query, caller, network, requestId, body, trace } = call;
    const path = call.path.replace(':username', username) + (query ? `?${query}` : '');
    const headers = {
      'x-request-id': requestId,
      [IDENTITY_HEADER]: signIdentity(
        identityKeys,
        caller,
        { service, method, path, requestId },
        clock(),
        network,
      ),
      ...(body && { 'content-type': 'application/json' }),
      ...(trace && { traceparent: formatTraceparent(trace) }),
    };
    return { method, path, headers, body, patience: waitMs };
  };

  /** Asks one instance after the other, as the docstring above says, until one has begun something. */
  const tryEach = async <Answer>(
    call: ServiceCall,
    load: Load,
    ask: (instance: Instance, request: InstanceRequest) => Promise<Answer>,
    isBegun: (answer: Answer) => boolean,
  ): Promise<Answer> => {
    const end = performance.now() + patience.tries;
    const tried = new Set<Instance>();
    const next = () => instances.next(tried, load);
    let failure: unknown;
    while (performance.now() < end) {
      const instance = next() ?? (await instances.look().then(next));
      if (!instance) break;
      tried.add(instance);
      const othersLeft = instances.all.length > tried.size;
      const waitMs = call.method === 'GET' && othersLeft ? patience.get : patience.answer;
      try {
        const answer = await ask(instance, requestOf(call, waitMs));
        if (isBegun(answer)) return answer;
        failure = 'every instance is closing';
      } catch (error) {
        void instances.look();
        failure = error;
        if (call.method !== 'GET' && !wasNotSent(error)) break;
      }
    }
    throw new AppError('unavailable', { cause: failure });
  };

  return {
    call: (call) =>
      tryEach(
        call,
        'pending',
        (instance, request) => instance.request(request),
        (answer) => !wasNotBegun(answer),
      ),
    async callAll(call) {
      if (instances.all.length === 0) await instances.look();
      const working = instances.all.filter(({ failed }) => !failed);
      const asked = working.length > 0 ? working : instances.all;
      const outcomes = await Promise.allSettled(
        asked.map((instance) => instance.request(requestOf(call, patience.get))),
      );
      const answers = outcomes
        .flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
        .filter(({ status }) => status < 500);
      const answer = answers.find(({ status }) => status >= 400) ?? answers[0];
      if (!answer) throw new AppError('unavailable', { cause: 'no instance answered' });
      return answer;
    },
    open: (call) =>
      tryEach(
        call,
        'streams',
        (instance, request) => instance.open(request),
        (answer) => 'start' in answer || !wasNotBegun(answer.refusal),
      ),
    async isReady() {
      if (instances.all.length === 0) await instances.look();
      const ready = instances.all.map(async (instance) => {
        const { status } = await instance.request({ method: 'GET', path: '/ready', patience: READY_MS });
        if (status !== 200) throw new Error(`an instance of ${service} is not ready`);
      });
      return Promise.any(ready).then(
        () => true,
        () => false,
      );
    },
    close: () => instances.close(),
  };
}
