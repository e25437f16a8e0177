import { openEventLog } from '@secure-chat/event-log/event-log';
import { type DatabasePlace, openDatabase } from '@secure-chat/service-kit/database';
import { createLogger } from '@secure-chat/service-kit/logger';
import { createSeal, sessionKeyPlace } from '@secure-chat/service-kit/seal';
import { fixedKeys } from '@secure-chat/service-kit/service-keys';
import { SESSION_IDLE_MS, SESSION_LIFE_MS, SESSIONS_MAX } from '@secure-chat/wire/limits';
import { SESSIONS_TOPIC } from '@secure-chat/wire/names';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DATABASES } from '../../../tools/postgres/databases.ts';
import { createAccounts } from '../src/accounts.ts';
import { migrations } from '../src/migrations/index.ts';
import { createSessions } from '../src/sessions.ts';
import { recordsOf } from './auth-under-test.ts';
import { temporaryFolder } from './temporary-folder.ts';

const seal = createSeal(fixedKeys(Buffer.alloc(32, 1)).for('seal'));
const START = 1_767_522_600_000;

async function openSessions(place: DatabasePlace) {
  const settings = { backend: 'embedded', dataDir: temporaryFolder() } as const;
  const log = await openEventLog(settings, createLogger('event-log', 'fatal'));
  const database = await openDatabase(place, migrations);
  onTestFinished(async () => {
    await database.destroy();
    await log.close();
  });
  const account = {
    username: 'Alice',
    publicKey: 'PEM',
    passwordHash: 'h',
    registeredAt: 0,
    published: true,
    suspended: false,
  };
  await createAccounts(database, seal).add(account);
  let now = START;
  return {
    sessions: createSessions({
      database,
      events: log.events,
      codec: log.codecs.session,
      seal,
      clock: () => now,
    }),
    pass(ms: number) {
      now += ms;
    },
    codecs: log.codecs,
    records: () => recordsOf(log, SESSIONS_TOPIC),
    rows: () => database('sessions').pluck('session_id'),
  };
}

describe.each(DATABASES)('a session in $kind', ({ fresh }) => {
  it('stands in chat.sessions with its key sealed for it alone', async () => {
    const { sessions, codecs, records } = await openSessions(await fresh());
    const { sessionId, sessionKey } = await sessions.open('Alice');
    expect(sessionId).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(sessionKey).toMatch(/^[0-9a-f]{64}$/);
    const record = await codecs.session.decode((await records()).get(sessionId) ?? new Uint8Array());
    expect(record).toMatchObject({ sessionId, username: 'Alice', openedAt: START });
    expect(seal.open(record?.sealedKey ?? '', sessionKeyPlace(sessionId))).toBe(sessionKey);
    expect(seal.open(record?.sealedKey ?? '', sessionKeyPlace('another'))).toBeNull();
  });

  it('is of signatures v1 unless v2 was asked for, and says so to every gateway', async () => {
    const { sessions, codecs, records } = await openSessions(await fresh());
    const kinds = [];
    for (const asked of [undefined, 'v2'] as const) {
      const { sessionId } = await sessions.open('Alice', { signatures: asked });
      const record = await codecs.session.decode((await records()).get(sessionId) ?? new Uint8Array());
      kinds.push(record?.signatures);
    }
    expect(kinds).toEqual(['v1', 'v2']);
  });

  it('is another one each time; a user may hold several', async () => {
    const { sessions, rows } = await openSessions(await fresh());
    const opened = [await sessions.open('Alice'), await sessions.open('Alice')];
    expect(new Set(opened.flatMap(({ sessionId, sessionKey }) => [sessionId, sessionKey])).size).toBe(4);
    expect(await rows()).toHaveLength(2);
  });

  it('that is closed leaves a tombstone and no row; closing it again is harmless', async () => {
    const { sessions, records, rows } = await openSessions(await fresh());
    const { sessionId } = await sessions.open('Alice');
    const kept = await sessions.open('Alice');
    await sessions.close(sessionId);
    await sessions.close(sessionId);
    const left = await records();
    expect(left.get(sessionId) ?? null).toBeNull();
    expect(left.get(kept.sessionId)).not.toBeNull();
    expect(await rows()).toEqual([kept.sessionId]);
  });
});

describe.each(DATABASES)('the sessions of a user in $kind', ({ fresh }) => {
  it('are listed with their times and what their login said, the one unused for longest last', async () => {
    const { sessions, pass } = await openSessions(await fresh());
    const old = await sessions.open('Alice');
    pass(1_000);
    const young = await sessions.open('alice', { client: 'tui' });
    pass(1_000);
    const of = (session: { sessionId: string }, opened: number, seen: number, client: string) => ({
      sessionId: session.sessionId,
      openedAt: START + opened,
      seenAt: START + seen,
      client,
    });
    expect(await sessions.of('ALICE')).toEqual([of(young, 1_000, 1_000, 'tui'), of(old, 0, 0, '')]);
    await sessions.seen([old.sessionId]);
    expect(await sessions.of('Alice')).toEqual([of(old, 0, 2_000, ''), of(young, 1_000, 1_000, 'tui')]);
    expect(await sessions.of('bob')).toEqual([]);
  });

  it('are SESSIONS_MAX at most: at one more the one unused for longest ends, not the oldest', async () => {
    const { sessions, pass, records, rows } = await openSessions(await fresh());
    const opened = [];
    for (let count = 0; count < SESSIONS_MAX; count += 1) {
      opened.push(await sessions.open('Alice'));
      pass(1);
    }
    const [oldest, unused, ...others] = opened.map(({ sessionId }) => sessionId);
    await sessions.seen([oldest ?? '']);
    const { sessionId } = await sessions.open('Alice');
    const left = [oldest, ...others, sessionId];
    expect((await rows()).toSorted()).toEqual(left.toSorted());
    expect((await records()).get(unused ?? '') ?? null).toBeNull();
  });

  it('end but for one', async () => {
    const { sessions, records, rows } = await openSessions(await fresh());
    const [kept, ...others] = [await sessions.open('Alice'), await sessions.open('Alice')];
    await sessions.closeOthers('alice', kept.sessionId);
    expect(await rows()).toEqual([kept.sessionId]);
    for (const { sessionId } of others) expect((await records()).get(sessionId) ?? null).toBeNull();
  });
});

describe.each(DATABASES)('the sweep in $kind', ({ fresh }) => {
  it('ends the sessions without a signed request for 24 h, and no others', async () => {
    const { sessions, pass, records, rows } = await openSessions(await fresh());
    const idle = await sessions.open('Alice');
    pass(1);
    const younger = await sessions.open('Alice');
    pass(SESSION_IDLE_MS - 1);
    expect(await sessions.closeOverdue()).toBe(0);
    pass(1);
    expect(await sessions.closeOverdue()).toBe(1);
    expect(await rows()).toEqual([younger.sessionId]);
    const left = await records();
    expect(left.get(idle.sessionId) ?? null).toBeNull();
    expect(left.get(younger.sessionId)).not.toBeNull();
  });

  it('ends a session 30 days after its login, however much it is used', async () => {
    const { sessions, pass, rows } = await openSessions(await fresh());
    const { sessionId } = await sessions.open('Alice');
    pass(SESSION_LIFE_MS);
    await sessions.seen([sessionId]);
    expect(await sessions.closeOverdue()).toBe(0);
    pass(1);
    await sessions.seen([sessionId]);
    expect(await sessions.closeOverdue()).toBe(1);
    expect(await rows()).toEqual([]);
  });

  it('spares those of which a gateway saw a request', async () => {
    const { sessions, pass, rows } = await openSessions(await fresh());
    const [used, idle] = [await sessions.open('Alice'), await sessions.open('Alice')];
    pass(SESSION_IDLE_MS / 2);
    await sessions.seen([used.sessionId, 'unknown']);
    pass(SESSION_IDLE_MS / 2 + 1);
    expect(await sessions.closeOverdue()).toBe(1);
    expect(await rows()).toEqual([used.sessionId]);
    pass(SESSION_IDLE_MS / 2);
    expect(await sessions.closeOverdue()).toBe(1);
    expect(await rows()).not.toContain(idle.sessionId);
  });

  it('takes reports of no session, and of the most that one may name', async () => {
    const { sessions } = await openSessions(await fresh());
    await sessions.seen([]);
    await sessions.seen(Array.from({ length: 1_000 }, (_, index) => `session-${index}`));
  });
});
