import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@secure-chat/service-kit/logger';
import { createProcessTracing } from '@secure-chat/service-kit/tracing/process-tracing';
import { startStack } from '@secure-chat/stack/stack';
import { beforeAll, describe, expect, it } from 'vitest';
import { newPerson } from '../contract/people.ts';
import { type ServiceProcesses, startServiceProcesses } from '../contract/service-processes.ts';
import { openStream } from '../contract/stream-reader.ts';
import type { V1Session } from '../v1-client/session.ts';
import { type CollectedSpan, type Collector, startCollector } from './collector.ts';

const TEXT = 'canary-text-0815';
const PROXY_TRACE = '0af7651916cd43dd8448eb211c80319c';

interface Told {
  readonly collector: Collector;
  /** Ids of requests: a send that a stream got, one that a poll got, one that was refused, and one behind a proxy. */
  readonly streamed: string;
  readonly polled: string;
  readonly refused: string;
  readonly secrets: readonly string[];
}

/** What is sent, read and refused at a server, whose traces go to the collector and are all there once it has stopped. */
async function tell(collector: Collector, url: string, stop: () => Promise<void>): Promise<Told> {
  const [alice, bob] = [await newPerson({ url }), await newPerson({ url })];
  const send = async (session: V1Session, to: string, headers?: Record<string, string>) => {
    const answer = await session.post(`/chat/${to}/send`, { message: TEXT }, headers);
    return String(answer.headers['x-request-id']);
  };
  const stream = await openStream({ url }, bob.session);
  const streamed = await send(alice.session, bob.name);
  await stream.until('message', { sender: alice.name });
  stream.close();
  const polled = await send(bob.session, alice.name);
  await alice.session.get('/chat/messages');
  const refused = await send(alice.session, 'nobody_there');
  const proxied = { traceparent: `00-${PROXY_TRACE}-b7ad6b7169203331-01` };
  await send(alice.session, bob.name, proxied);
  await stop();
  const secrets = [TEXT, alice.name, bob.name, alice.session.key, bob.session.key, '127.0.0.1'];
  return { collector, streamed, polled, refused, secrets };
}

async function oneProcess(collector: Collector, part = 1): Promise<Told> {
  const folder = await mkdtemp(join(tmpdir(), 'traced-stack-'));
  const config = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: part };
  const tracing = await createProcessTracing(config, createLogger('tracing', 'silent'));
  const where = { dataDir: folder, host: '127.0.0.1', port: 0, logLevel: 'silent' } as const;
  const stack = await startStack({ ...where, trustProxy: ['127.0.0.1'], tracingOf: tracing.of });
  return tell(collector, stack.url, async () => {
    await stack.close();
    await tracing.close();
    await rm(folder, { recursive: true });
  });
}

async function fourProcesses(collector: Collector): Promise<Told> {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, TRUST_PROXY: '127.0.0.1' };
  const system: ServiceProcesses = await startServiceProcesses({ environment });
  return tell(collector, system.url, system.stop);
}

describe.each([
  ['one process', oneProcess],
  ['four processes', fourProcesses],
])('the traces of %s', (_name, start) => {
  let told: Told;
  beforeAll(async () => {
    const collector = await startCollector();
    told = await start(collector);
    await collector.close();
  });

  /** The spans of a trace, each behind the one that it belongs to: `service: name`. */
  const pathOf = (traceId: string): string[] => {
    const spans = told.collector.spans.filter((span) => span.traceId === traceId);
    const path: CollectedSpan[] = [];
    const follow = (parent: string | undefined): void => {
      for (const span of spans.filter(({ parentSpanId }) => (parentSpanId ?? '') === (parent ?? ''))) {
        path.push(span);
        follow(span.spanId);
      }
    };
    const isInside = (span: CollectedSpan) => spans.some(({ spanId }) => spanId === span.parentSpanId);
    for (const root of spans.filter((span) => !isInside(span))) {
      path.push(root);
      follow(root.spanId);
    }
    return path.map(({ service, name }) => `${service}: ${name}`);
  };
  const SEND = [
    'gateway: POST /chat/:username/send',
    'relay: POST /chat/:username/send',
    'relay: append message',
  ];

  it('lead from the gateway over the relay and the record in the log to the stream that got it', () => {
    expect(pathOf(told.streamed)).toEqual([...SEND, 'relay: deliver message']);
  });

  it('lead to the poll that got it', () => {
    expect(pathOf(told.polled)).toEqual([...SEND, 'relay: deliver message']);
  });

  it('say why a request was refused', () => {
    expect(pathOf(told.refused)).toEqual(SEND.slice(0, 2));
    const codes = told.collector.spans
      .filter(({ traceId }) => traceId === told.refused)
      .map(({ attributes }) => attributes['error.type']);
    expect(codes).toEqual(['unknown_user', 'unknown_user']);
  });

  it('go on where a proxy in front began', () => {
    expect(pathOf(PROXY_TRACE)).toEqual(SEND);
    const first = told.collector.spans.find(
      ({ traceId, service }) => traceId === PROXY_TRACE && service === 'gateway',
    );
    expect(first?.parentSpanId).toBe('b7ad6b7169203331');
  });

  it('know logins and registrations by their routes, and hold nothing of what users are, have or ask for', () => {
    const names = new Set(told.collector.spans.map(({ service, name }) => `${service}: ${name}`));
    expect(names).toContain('auth: POST /chat/auth/login');
    expect(names).toContain('gateway: POST /chat/auth/register');
    expect(names).toContain('relay: GET /chat/stream');
    for (const secret of told.secrets) expect(told.collector.text()).not.toContain(secret);
  });
});

it('are not of requests beyond the part that is asked for, unless a proxy in front has decided', async () => {
  const collector = await startCollector();
  await oneProcess(collector, 0);
  await collector.close();
  expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set([PROXY_TRACE]));
});

it('costs no request anything that the collector refuses, or is not there', async () => {
  const collector = await startCollector(503);
  const refused = await oneProcess(collector);
  expect(refused.collector.text()).toContain('append message');
  await collector.close();
  const gone = await oneProcess(collector);
  expect(gone.polled).toMatch(/^[0-9a-f]{32}$/);
});
