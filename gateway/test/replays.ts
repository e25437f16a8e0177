import { randomBytes } from 'node:crypto';
import { signRequest } from '@secure-chat/crypto/request-signature';
import type { EventLog } from '@secure-chat/event-log/event-log';
import { GATEWAY_HEADER } from '@secure-chat/wire/gateway-nonce';
import { formatTimestamp } from '@secure-chat/wire/timestamps';
import { describe, expect, it } from 'vitest';
import {
  createServices,
  type OpenSession,
  openSession,
  type Signed,
  signedHeaders,
  signedHeadersV2,
  startGateway,
} from './gateway-under-test.ts';

const NOW = 1_767_522_600_000;
const SEND = { method: 'POST', path: '/chat/bob/send', body: '{"message":"x"}' } as const;
const POLL = { path: '/chat/users' };
const LOGOUT = { method: 'POST', path: '/chat/auth/logout' } as const;
const PRESENCE = { method: 'POST', path: '/presence' } as const;

/** A signature counts once, at gateways that share any event log. */
export function describeReplays(name: string, openLog: () => Promise<EventLog>): void {
  async function start() {
    const log = await openLog();
    const clock = { now: NOW };
    const services = createServices();
    const startOne = () => startGateway({ log, upstreams: services.upstreams, clock: () => clock.now });
    return {
      ...services,
      log,
      clock,
      startOne,
      first: await startOne(),
      second: await startOne(),
      v1: await openSession(log, 'victoria'),
      v2: await openSession(log, 'vera', 'v2'),
    };
  }
  type Gateway = Awaited<ReturnType<typeof startGateway>>;
  const codeOf = async (gateway: Gateway, request: Signed, headers: Record<string, string>) => {
    const { statusCode, body } = await gateway.send(request, headers);
    return statusCode === 200 ? 200 : (JSON.parse(body) as { error: { code: string } }).error.code;
  };
  const signedAt = ({ sessionKey }: OpenSession, body: string, timestamp: string) => ({
    'x-request-timestamp': timestamp,
    'x-request-signature': signRequest(sessionKey, Buffer.from(body), timestamp),
  });
  const idOf = async (gateway: Gateway): Promise<string> =>
    String((await gateway.send({ path: '/chat/auth/register-challenge' }, {})).headers[GATEWAY_HEADER]);
  const boundTo = async (gateway: Gateway, session: OpenSession, request: Signed) => {
    const nonce = `${await idOf(gateway)}.${randomBytes(16).toString('base64url')}`;
    return signedHeadersV2(session, request, NOW, nonce);
  };

  describe(name, { timeout: 60_000 }, () => {
    describe.each(['v1', 'v2'] as const)('a signature %s', (kind) => {
      const sign = (session: OpenSession, request: Signed) =>
        kind === 'v1' ? signedHeaders(session, request, NOW) : signedHeadersV2(session, request, NOW);

      it('counts once at its gateway and at any other one', async () => {
        const { first, second, calls, ...sessions } = await start();
        const headers = sign(sessions[kind], SEND);
        expect(await codeOf(first, SEND, headers)).toBe(200);
        for (const gateway of [first, second, first])
          expect(await codeOf(gateway, SEND, headers)).toBe('replayed');
        expect(calls).toHaveLength(1);
      });

      it('has its effect once when it is sent to two gateways at once, many times (check 13)', async () => {
        const { first, second, calls, ...sessions } = await start();
        for (let round = 1; round <= 20; round += 1) {
          const headers = sign(sessions[kind], SEND);
          const gateways = [first, second, second, first];
          const codes = await Promise.all(gateways.map((gateway) => codeOf(gateway, SEND, headers)));
          expect(codes.toSorted()).toEqual([200, 'replayed', 'replayed', 'replayed']);
          expect(calls).toHaveLength(round);
        }
      });

      it('stays used over a restart, until the log says that it is none any more', async () => {
        const { first, startOne, clock, ...sessions } = await start();
        const headers = sign(sessions[kind], SEND);
        expect(await codeOf(first, SEND, headers)).toBe(200);
        clock.now = NOW + 30_000;
        const restarted = await startOne();
        expect(await codeOf(restarted, SEND, headers)).toBe('replayed');
        clock.now = NOW + 31_000;
        expect(await codeOf(restarted, SEND, headers)).toBe('unauthorized');
      });

      it.each([POLL, PRESENCE])(
        'of $path counts once here, and is told to the others, and over a restart',
        async (request) => {
          const { first, second, startOne, ...sessions } = await start();
          const headers = sign(sessions[kind], request);
          expect(await codeOf(first, request, headers)).toBe(200);
          expect(await codeOf(first, request, headers)).toBe('replayed');
          // What is to be told is in the log when a gateway has closed; a claim that was read back has it in front of it.
          await first.app.close();
          expect(await codeOf(second, SEND, sign(sessions[kind], SEND))).toBe(200);
          for (const gateway of [second, await startOne()])
            expect(await codeOf(gateway, request, headers)).toBe('replayed');
        },
      );
    });

    describe('a signature v1', () => {
      it('counts once whatever it is used for: path and recipient, method, logout (check 12)', async () => {
        const { first, second, calls, v1 } = await start();
        const headers = signedHeaders(v1, SEND, NOW);
        expect(await codeOf(first, SEND, headers)).toBe(200);
        for (const path of ['/chat/carol/send', '/chat/bob/keyexchange', '/chat/ack'])
          expect(await codeOf(second, { ...SEND, path }, headers)).toBe('replayed');
        const empty = signedHeaders(v1, POLL, NOW);
        expect(await codeOf(first, POLL, empty)).toBe(200);
        for (const request of [LOGOUT, PRESENCE, { path: '/chat/messages' }])
          expect(await codeOf(first, request, empty)).toBe('replayed');
        expect(calls.map(({ path }) => path)).toEqual(['/chat/:username/send', '/chat/users']);
      });

      it('without a body, at a time of no more than milliseconds, is that of several honest requests: all count', async () => {
        const { first, second, v1 } = await start();
        for (const fraction of ['', '.123', '.123000']) {
          const timestamp = formatTimestamp(NOW).replace('.000000', fraction);
          const headers = signedAt(v1, '', timestamp);
          for (const [gateway, request] of [
            [first, POLL],
            [first, PRESENCE],
            [second, POLL],
            [first, POLL],
          ] as const)
            expect(await codeOf(gateway, request, headers)).toBe(200);
        }
      });

      it('with a body counts once at such a time, too', async () => {
        const { first, second, v1 } = await start();
        const headers = signedAt(v1, SEND.body, formatTimestamp(NOW).replace('.000000', ''));
        expect(await codeOf(first, SEND, headers)).toBe(200);
        expect(await codeOf(first, SEND, headers)).toBe('replayed');
        expect(await codeOf(second, SEND, headers)).toBe('replayed');
      });
    });

    describe('a signature v2 for one gateway', () => {
      it('counts there, once, and nowhere else, also not after a restart: nothing is asked of the log', async () => {
        const { first, second, startOne, log, calls, v2 } = await start();
        const before = await log.mailboxes.head('chat.signatures');
        const headers = await boundTo(first, v2, SEND);
        expect(await codeOf(second, SEND, headers)).toBe('other_gateway');
        expect(await codeOf(first, SEND, headers)).toBe(200);
        expect(await codeOf(first, SEND, headers)).toBe('replayed');
        for (const gateway of [second, await startOne()])
          expect(await codeOf(gateway, SEND, headers)).toBe('other_gateway');
        expect(await log.mailboxes.head('chat.signatures')).toBe(before);
        expect(calls.filter(({ path }) => path === '/chat/:username/send')).toHaveLength(1);
      });
    });

    it('leaves nothing of signatures in the log lines of a gateway', async () => {
      const { first, v2 } = await start();
      const headers = signedHeadersV2(v2, SEND, NOW);
      await codeOf(first, SEND, headers);
      await codeOf(first, SEND, headers);
      expect(first.logged()).toContain('replayed');
      for (const secret of [headers.signature ?? '', v2.sessionKey])
        expect(first.logged()).not.toContain(secret);
    });
  });
}
