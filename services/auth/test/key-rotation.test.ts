import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEventLog } from '@secure-chat/event-log/event-log';
import { openDatabase } from '@secure-chat/service-kit/database';
import { IDENTITY_MS } from '@secure-chat/service-kit/internal-identity';
import { makeKeyFile } from '@secure-chat/service-kit/key-file';
import { loadServiceKeys } from '@secure-chat/service-kit/load-service-keys';
import { createLogger } from '@secure-chat/service-kit/logger';
import { createSeal, sessionKeyPlace } from '@secure-chat/service-kit/seal';
import type { GivenKeys } from '@secure-chat/service-kit/service-key-setting';
import { fixedKeys, type Keys, keyId } from '@secure-chat/service-kit/service-keys';
import { SESSIONS_TOPIC } from '@secure-chat/wire/names';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DATABASES } from '../../../tools/postgres/databases.ts';
import { createAccounts } from '../src/accounts.ts';
import { createGate } from '../src/gate.ts';
import { createKeptSecrets } from '../src/kept-secrets.ts';
import { createKeyRotation } from '../src/key-rotation.ts';
import { migrations } from '../src/migrations/index.ts';
import { resealSessions } from '../src/reseal-sessions.ts';
import type { Resealed } from '../src/resealed.ts';
import { createSessions } from '../src/sessions.ts';
import { recordsOf } from './auth-under-test.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** One more than a batch. */
const ACCOUNTS = 101;
const SESSIONS = 3;

type Fresh = (typeof DATABASES)[number]['fresh'];

/** What auth keeps: a key file, a database, a log. */
async function openStores(fresh: Fresh) {
  const folder = temporaryFolder();
  makeKeyFile(join(folder, 'service.key'));
  const log = await openEventLog(
    { backend: 'embedded', dataDir: folder },
    createLogger('event-log', 'fatal'),
  );
  const database = await openDatabase(await fresh(), migrations);
  let closed: Promise<void> | null = null;
  const close = () => {
    closed ??= database.destroy().then(() => log.close());
    return closed;
  };
  onTestFinished(close);
  return { folder, log, database, close };
}

type Stores = Awaited<ReturnType<typeof openStores>>;

interface ProcessOptions {
  readonly given?: GivenKeys;
  /** Called in front of each step of a rotation; what it throws is a crash there. */
  readonly step?: (name: string) => void;
}

/** What an auth process makes of it. */
function startProcess({ folder, log, database }: Stores, { given, step = () => {} }: ProcessOptions = {}) {
  const lines: string[] = [];
  const logger = createLogger('auth', 'info', { write: (line) => void lines.push(line) });
  const loaded = loadServiceKeys(given ?? null, folder, logger);
  const { replace } = loaded;
  const serviceKeys = {
    ...loaded,
    replace:
      replace &&
      ((keys: Keys) => {
        step(`replace by ${keys.length}`);
        replace(keys);
      }),
  };
  const seal = createSeal(serviceKeys.for('seal'));
  const gate = createGate();
  const events: typeof log.events = {
    publish(topic, key, value) {
      step('publish');
      return log.events.publish(topic, key, value);
    },
    subscribe: (topic, handler) => log.events.subscribe(topic, handler),
    reachable: (topic) => log.events.reachable(topic),
    close: async () => {},
  };
  const codec = log.codecs.session;
  const accounts = createAccounts(database, seal, gate);
  const secrets = createKeptSecrets(database, seal);
  const waited: number[] = [];
  const counted = (onBatch: (batch: Resealed) => void) => (batch: Resealed) => {
    step('a batch');
    onBatch(batch);
  };
  const rotation = createKeyRotation({
    serviceKeys,
    async accounts(onBatch, signal) {
      step('secrets');
      await secrets.reseal();
      await accounts.reseal(counted(onBatch), signal);
    },
    sessions: (onBatch, signal) =>
      resealSessions({ events, codec, seal, gate, logger }, counted(onBatch), signal),
    logger,
    async wait(ms) {
      step('wait');
      waited.push(ms);
    },
  });
  const sessions = createSessions({ database, events: log.events, codec, seal, clock: () => 1, gate });
  return {
    gate,
    serviceKeys,
    seal,
    accounts,
    sessions,
    secrets,
    rotation,
    waited,
    logged: () => lines.join(''),
  };
}

const account = (username: string) => ({
  username,
  publicKey: 'PEM',
  passwordHash: `hash of ${username}`,
  registeredAt: 0,
  published: true,
  suspended: false,
});
const names = Array.from({ length: ACCOUNTS }, (_, index) => `User-${index}`);

async function fill(stores: Stores, options: ProcessOptions = {}) {
  const { accounts, sessions, secrets, serviceKeys } = startProcess(stores, options);
  await Promise.all(names.map((name) => accounts.add(account(name))));
  const opened = [];
  for (const name of names.slice(0, SESSIONS)) opened.push(await sessions.open(name, { signatures: 'v2' }));
  return { opened, decoys: await secrets.get('decoys'), old: serviceKeys.all() };
}

type Filled = Awaited<ReturnType<typeof fill>>;

async function sessionRecords({ log }: Stores) {
  const records = [...(await recordsOf(log, SESSIONS_TOPIC)).values()].filter((value) => value !== null);
  return Promise.all(records.map((value) => log.codecs.session.decode(value)));
}

/** Whether a process that starts now knows all that was there. */
async function expectWhole(stores: Stores, { opened, decoys }: Filled, options: ProcessOptions = {}) {
  const { accounts, seal, secrets } = startProcess(stores, options);
  const hashes = await Promise.all(names.map(async (name) => (await accounts.find(name))?.passwordHash));
  expect(hashes).toEqual(names.map((name) => `hash of ${name}`));
  const keys = (await sessionRecords(stores)).map((record) =>
    seal.open(record?.sealedKey ?? '', sessionKeyPlace(record?.sessionId ?? '')),
  );
  expect(new Set(keys)).toEqual(new Set(opened.map(({ sessionKey }) => sessionKey)));
  expect(await secrets.get('decoys')).toEqual(decoys);
}

/** All that is sealed in the database and the topic, with its place. */
async function sealedValues(stores: Stores): Promise<[sealed: string, place: string][]> {
  const { database } = stores;
  const hashes = await database('accounts').select('folded_name', 'sealed_password_hash');
  const secrets = await database('kept_secrets').select('name', 'sealed_value');
  return [
    ...hashes.map((row): [string, string] => [
      row.sealed_password_hash,
      `auth/accounts/${row.folded_name}/password_hash`,
    ]),
    ...secrets.map((row): [string, string] => [row.sealed_value, `auth/kept_secrets/${row.name}/value`]),
    ...(await sessionRecords(stores)).map((record): [string, string] => [
      record?.sealedKey ?? '',
      sessionKeyPlace(record?.sessionId ?? ''),
    ]),
  ];
}

async function expectOpens(stores: Stores, keys: Keys, count: number) {
  const seal = createSeal(fixedKeys(...keys).for('seal'));
  const opened = (await sealedValues(stores)).filter(([sealed, place]) => seal.open(sealed, place) !== null);
  expect(opened).toHaveLength(count);
}

const ALL = ACCOUNTS + SESSIONS + 1;
const fileOf = ({ folder }: Stores) => readFileSync(join(folder, 'service.key'), 'utf8');

describe.each(DATABASES)('a rotation of the service keys in $kind', ({ fresh }) => {
  it('seals everything under a new key, and takes the old one out when no identity is signed with it any more', async () => {
    const stores = await openStores(fresh);
    const filled = await fill(stores);
    const { rotation, waited, serviceKeys, logged } = startProcess(stores);
    await expectOpens(stores, filled.old, ALL);
    expect(rotation.state()).toMatchObject({ phase: 'idle', keyId: keyId(filled.old[0]), olderKeys: 0 });
    expect(rotation.start()).toBeNull();
    expect(serviceKeys.all()).toEqual([expect.anything(), filled.old[0]]);
    expect(rotation.start()).toBeNull();
    expect(rotation.state()).toMatchObject({ phase: 'sealing', olderKeys: 1 });
    await rotation.settled();
    const [key, ...others] = serviceKeys.all();
    expect(others).toEqual([]);
    expect(rotation.state()).toEqual({
      phase: 'done',
      keyId: keyId(key),
      accounts: ACCOUNTS,
      sessions: SESSIONS,
      unreadable: 0,
      olderKeys: 0,
    });
    expect(waited).toEqual([IDENTITY_MS]);
    expect(fileOf(stores)).toBe(`${key.toString('hex')}\n`);
    await expectWhole(stores, filled);
    await expectOpens(stores, [key], ALL);
    await expectOpens(stores, filled.old, 0);
    for (const secret of [key, ...filled.old]) expect(logged()).not.toContain(secret.toString('hex'));
  });

  // A dozen steps, on as many databases.
  const KILLS = { timeout: 120_000 };
  it(
    'that is killed at any step leaves all as it works, and the next process goes on with it',
    KILLS,
    async () => {
      const steps: string[] = [];
      for (let crash = 0; crash === 0 || steps.length > crash - 1; crash += 1) {
        const stores = await openStores(fresh);
        const filled = await fill(stores);
        steps.length = 0;
        const killed = startProcess(stores, {
          step(name) {
            if (steps.push(name) > crash) throw new Error('killed');
          },
        });
        const begin = () => killed.rotation.start();
        if (crash === 0) expect(begin).toThrow('killed');
        else begin();
        await killed.rotation.settled();
        await expectWhole(stores, filled);
        const next = startProcess(stores);
        next.rotation.resume();
        await next.rotation.settled();
        await expectWhole(stores, filled);
        const [key, ...others] = next.serviceKeys.all();
        expect(others).toEqual([]);
        await expectOpens(stores, [key], ALL);
        if (crash > 0) await expectOpens(stores, filled.old, 0);
        // A server has 100 connections for all of them.
        await stores.close();
      }
      expect(new Set(steps)).toEqual(
        new Set(['replace by 2', 'secrets', 'a batch', 'publish', 'wait', 'replace by 1']),
      );
    },
  );

  it('misses nothing that is written while it begins, and brings back no session that ends', async () => {
    const stores = await openStores(fresh);
    const filled = await fill(stores);
    const { accounts, sessions, rotation } = startProcess(stores);
    const [ended, ...kept] = filled.opened;
    // Sealed under the old key, and written behind the new one.
    const writing = [accounts.add(account('late')), sessions.open('User-0')] as const;
    rotation.start();
    const ending = sessions.close(ended?.sessionId ?? '');
    const [, opened] = await Promise.all([...writing, ending]);
    await rotation.settled();
    expect(rotation.state().phase).toBe('done');
    await expectWhole(stores, { ...filled, opened: [...kept, opened] });
    expect((await accounts.find('late'))?.passwordHash).toBe('hash of late');
    await expectOpens(stores, filled.old, 0);
  });

  it('seals no batch while a session opens or ends, or a hash is written', async () => {
    const stores = await openStores(fresh);
    const { opened } = await fill(stores);
    const { gate, accounts, sessions } = startProcess(stores);
    const [one, two] = opened.map(({ sessionId }) => sessionId);
    const done: string[] = [];
    let writing: Promise<unknown> = Promise.resolve();
    await gate.alone(async () => {
      const works = {
        open: sessions.open('User-9'),
        close: sessions.close(one ?? ''),
        closeOthers: sessions.closeOthers('User-1', two ?? ''),
        closeAllOf: sessions.closeAllOf('User-2'),
        closeOverdue: sessions.closeOverdue(),
        add: accounts.add(account('late')),
        change: accounts.changePasswordHash('User-3', 'another'),
      };
      writing = Promise.all(Object.entries(works).map(([name, work]) => work.then(() => done.push(name))));
      // Each of them would be done when a query and a record that began later are.
      await stores.database('accounts').first();
      await stores.log.events.publish('a.topic', 'key', new Uint8Array());
      await stores.database('accounts').first();
      expect(done).toEqual([]);
    });
    await writing;
    expect(done).toHaveLength(7);
  });

  it('passes over a deleted account, of which there is nothing to seal, and counts it as nothing', async () => {
    const stores = await openStores(fresh);
    const filled = await fill(stores);
    const deleted = { public_key: '', sealed_password_hash: '', deleted_at: 1 };
    // The first and the last of a batch, and the one that stands alone in the second.
    const names = (await stores.database('accounts').orderBy('folded_name').pluck('folded_name')).filter(
      (_, index) => [0, 99, 100].includes(index),
    );
    await stores.database('accounts').whereIn('folded_name', names).update(deleted);
    const { rotation, logged } = startProcess(stores);
    rotation.start();
    await rotation.settled();
    expect(rotation.state()).toMatchObject({ phase: 'done', accounts: ACCOUNTS - 3, unreadable: 0 });
    expect(logged()).not.toContain('what no service key opens');
    const rows = await stores.database('accounts').whereNotNull('deleted_at').pluck('sealed_password_hash');
    expect(rows).toEqual(['', '', '']);
    await expectOpens(stores, filled.old, 0);
  });

  it('leaves what no key opens as it is, and counts it', async () => {
    const stores = await openStores(fresh);
    await fill(stores);
    await stores.database('accounts').where({ folded_name: 'user-5' }).update({ sealed_password_hash: 'x' });
    const { rotation, logged } = startProcess(stores);
    rotation.start();
    await rotation.settled();
    expect(rotation.state()).toMatchObject({ phase: 'done', accounts: ACCOUNTS - 1, unreadable: 1 });
    expect(logged()).toContain('what no service key opens stays as it is');
  });

  it('of keys that are an operator’s begins when he has put a new one in front, and leaves the old to him', async () => {
    const stores = await openStores(fresh);
    const [old, key] = [randomBytes(32), randomBytes(32)];
    const filled = await fill(stores, { given: { keys: [old], file: null } });
    const before = startProcess(stores, { given: { keys: [old], file: null } });
    expect(before.rotation.start()).toMatch(/^The service key is in SERVICE_KEY, which is yours to change/);
    expect(before.rotation.state().phase).toBe('idle');
    const given: GivenKeys = { keys: [key, old], file: null };
    const { rotation } = startProcess(stores, { given });
    rotation.resume();
    expect(rotation.state().phase).toBe('idle');
    expect(rotation.start()).toBeNull();
    await rotation.settled();
    expect(rotation.state()).toMatchObject({ phase: 'done', accounts: ACCOUNTS, olderKeys: 1 });
    await expectOpens(stores, [old], 0);
    await expectWhole(stores, filled, { given: { keys: [key], file: null } });
  });

  it('stops behind a batch when the process ends, and is not failed for the log', async () => {
    const stores = await openStores(fresh);
    const filled = await fill(stores);
    const { rotation, logged } = startProcess(stores);
    rotation.start();
    await rotation.close();
    expect(rotation.state().phase).toBe('failed');
    expect(logged()).not.toContain('has stopped');
    await expectWhole(stores, filled);
  });
});
