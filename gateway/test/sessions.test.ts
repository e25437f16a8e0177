import { randomBytes } from 'node:crypto';
import { createLogger } from '@secure-chat/service-kit/logger';
import { createSeal, sessionKeyPlace } from '@secure-chat/service-kit/seal';
import { createServiceKeys, fixedKeys, type Keys } from '@secure-chat/service-kit/service-keys';
import { SESSIONS_TOPIC } from '@secure-chat/wire/names';
import { expect, it, onTestFinished } from 'vitest';
import { followSessions } from '../src/sessions.ts';
import { openLog } from './gateway-under-test.ts';

const [OLD, NEW] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const sealUnder = (...keys: Keys) => createSeal(fixedKeys(...keys).for('seal'));

/** A log that keeps each record, as Kafka does until it compacts. */
async function openTopic() {
  const { events, codecs } = await openLog();
  const kept: { readonly offset: number; readonly key: string; readonly value: Uint8Array | null }[] = [];
  const handlers: ((event: (typeof kept)[number]) => void | Promise<void>)[] = [];
  const append = async (key: string, value: Uint8Array | null) => {
    const event = { offset: kept.length, key, value };
    kept.push(event);
    for (const handle of handlers) await handle(event);
  };
  const uncompacted: typeof events = {
    ...events,
    async subscribe(topic, handler) {
      expect(topic).toBe(SESSIONS_TOPIC);
      for (const event of kept) await handler(event);
      handlers.push(handler);
      return { caughtUp: async () => {}, failed: new Promise<never>(() => {}), close: async () => {} };
    },
  };
  return {
    end: (sessionId: string) => append(sessionId, null),
    async open(sessionId: string, sessionKey: string, ...keys: Keys) {
      const sealedKey = sealUnder(...keys).seal(sessionKey, sessionKeyPlace(sessionId));
      const record = { sessionId, username: 'alice', sealedKey, openedAt: 1, signatures: 'v1' } as const;
      await append(sessionId, await codecs.session.encode(record));
    },
    async follow(read: () => Keys) {
      const lines: string[] = [];
      const sessions = await followSessions({
        events: uncompacted,
        codec: codecs.session,
        seal: createSeal(createServiceKeys({ read, source: 'a test' }).for('seal')),
        logger: createLogger('gateway', 'info', { write: (line) => void lines.push(line) }),
      });
      onTestFinished(() => sessions.close());
      return { sessions, lines };
    },
  };
}

const newKey = () => randomBytes(32).toString('hex');
const ids = (sessions: { all(): Iterable<{ sessionId: string }> }) =>
  [...sessions.all()].map(({ sessionId }) => sessionId);

it('a session whose key is sealed anew is the same one at a gateway that knows it', async () => {
  const topic = await openTopic();
  const key = newKey();
  await topic.open('one', key, OLD);
  const keys: { now: Keys } = { now: [OLD] };
  const { sessions, lines } = await topic.follow(() => keys.now);
  const before = sessions.get('one');
  keys.now = [NEW, OLD];
  await topic.open('one', key, NEW);
  keys.now = [NEW];
  await topic.open('two', newKey(), NEW);
  expect(sessions.get('one')).toBe(before);
  expect(before).toBeDefined();
  expect([ids(sessions), lines]).toEqual([['one', 'two'], []]);
});

it('a gateway that starts behind a rotation takes what was sealed anew, and minds no record of before', async () => {
  const topic = await openTopic();
  const keys = [newKey(), newKey()] as const;
  await topic.open('one', keys[0], OLD);
  await topic.open('two', keys[1], OLD);
  await topic.open('ended', newKey(), OLD);
  await topic.end('ended');
  await topic.open('one', keys[0], NEW);
  await topic.open('two', keys[1], NEW);
  const { sessions, lines } = await topic.follow(() => [NEW]);
  expect([ids(sessions), lines]).toEqual([['one', 'two'], []]);
});

it('a session whose record no key opens is said, at the start and later', async () => {
  const topic = await openTopic();
  await topic.open('one', newKey(), OLD);
  await topic.open('two', newKey(), NEW);
  const { sessions, lines } = await topic.follow(() => [NEW]);
  expect(ids(sessions)).toEqual(['two']);
  expect(lines).toEqual([expect.stringContaining('a record was set aside')]);
  await topic.open('three', newKey(), OLD);
  expect(ids(sessions)).toEqual(['two']);
  expect(lines).toHaveLength(2);
});
