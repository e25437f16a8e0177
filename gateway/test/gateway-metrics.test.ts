import { once } from 'node:events';
import { get } from 'node:http';
import { AppError } from '@secure-chat/service-kit/app-error';
import { createMetricsRegistry } from '@secure-chat/service-kit/metrics/registry';
import { errorBody } from '@secure-chat/wire/errors';
import { expect, it, onTestFinished } from 'vitest';
import {
  type Answer,
  createServices,
  openLog,
  openSession,
  signedHeaders,
  startGateway,
} from './gateway-under-test.ts';

async function setUp(answer?: Answer) {
  const log = await openLog();
  const { upstreams } = createServices(answer);
  const registry = createMetricsRegistry('gateway');
  const gateway = await startGateway({ log, upstreams, metrics: registry.of('gateway') });
  return { ...gateway, log, upstreams, text: () => registry.text() };
}

const requests = (method: string, route: string, code: string): string =>
  `secure_chat_requests_total{service="gateway",method="${method}",route="${route}",code="${code}"}`;

it('counts requests by route and outcome, also where a service in another process refused', async () => {
  const { log, request, app, text } = await setUp(({ path }) =>
    path === '/chat/:username/send'
      ? { status: 404, body: JSON.stringify(errorBody('unknown_user', 'x')) }
      : path === '/chat/ack'
        ? { status: 502, body: '<html>' }
        : {},
  );
  const alice = await openSession(log, 'alice');
  await request(alice, { path: '/chat/users' });
  await request(alice, { method: 'POST', path: '/chat/bob/send', body: '{}' });
  await request(alice, { method: 'POST', path: '/chat/ack', body: '{}' });
  await app.inject({ method: 'GET', url: '/chat/users' });
  await app.inject({ method: 'GET', url: '/bob/unknown' });
  const metrics = await text();
  expect(metrics).toContain(`${requests('GET', '/chat/users', 'ok')} 1\n`);
  expect(metrics).toContain(`${requests('GET', '/chat/users', 'unauthorized')} 1\n`);
  expect(metrics).toContain(`${requests('POST', '/chat/:username/send', 'unknown_user')} 1\n`);
  expect(metrics).toContain(`${requests('POST', '/chat/ack', 'internal')} 1\n`);
  expect(metrics).toContain(`${requests('none', 'none', 'not_found')} 1\n`);
  expect(metrics).not.toMatch(/alice|bob/);
});

it('counts what services failed to answer, and not what they refused', async () => {
  const { log, request, text } = await setUp(({ path }) => {
    if (path === '/chat/users') throw new AppError('unavailable');
    if (path === '/chat/ack') return { status: 500, body: '{}' };
    if (path === '/chat/:username/send') throw new AppError('unknown_user');
    return { status: 401, body: JSON.stringify(errorBody('unauthorized', 'x')) };
  });
  const alice = await openSession(log, 'alice');
  await request(alice, { path: '/chat/users' });
  await request(alice, { method: 'POST', path: '/chat/ack', body: '{}' });
  await request(alice, { method: 'POST', path: '/chat/bob/send', body: '{}' });
  await request(alice, { path: '/chat/bob/publickey' });
  const metrics = await text();
  const failures = 'secure_chat_upstream_failures_total{service="gateway",upstream=';
  expect(metrics).toContain(`${failures}"directory"} 1\n`);
  expect(metrics).toContain(`${failures}"relay"} 1\n`);
  expect(metrics).not.toContain(`${failures}"auth"}`);
});

it('counts searches for the session of a signature v1 that names none, by what they found', async () => {
  const { log, send, text } = await setUp();
  const alice = await openSession(log, 'alice');
  const named = { path: '/chat/users' };
  await send(named, signedHeaders(alice, named));
  const nameless = { path: '/presence', method: 'POST', sessionId: null } as const;
  const headers = signedHeaders(alice, nameless);
  await send(nameless, headers);
  await send({ ...nameless, body: 'another' }, headers);
  const metrics = await text();
  const scans = 'secure_chat_session_scan_seconds_count{service="gateway",size="small",outcome=';
  expect(metrics).toContain(`${scans}"none"} 1\n`);
  expect(metrics).toContain('secure_chat_session_scans_waiting{service="gateway",size="small"} 0\n');
});

it('knows how many sessions, streams and connections are open; a stream is a request that was answered', async () => {
  const log = await openLog();
  const { upstreams } = createServices();
  const relay = {
    ...upstreams.relay,
    open: async () => ({ start: () => ({ drained: () => {}, close: () => {} }) }),
  };
  const registry = createMetricsRegistry('gateway');
  const metrics = registry.of('gateway');
  const { app } = await startGateway({ log, upstreams: { ...upstreams, relay }, metrics });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const alice = await openSession(log, 'alice');
  const headers = signedHeaders(alice, { path: '/chat/stream' });
  const stream = get(`${url}/chat/stream`, { agent: false, headers });
  onTestFinished(() => void stream.destroy());
  await once(stream, 'response');
  const text = await registry.text();
  for (const name of ['open_sessions', 'open_streams', 'open_connections'])
    expect(text).toContain(`secure_chat_${name}{service="gateway"} 1\n`);
  const counted = `${requests('GET', '/chat/stream', 'ok')} 1\n`;
  expect(text).toContain(counted);
  await app.close();
  expect(await registry.text()).toContain(counted);
});
