import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAccount, signIn } from '../src/chat-client.ts';
import { type FakeServer, startFakeServer } from './fake-server.ts';
import { eventually, gatherPeople, lines, PASSWORD, type People } from './people.ts';
import { QUICK } from './quick.ts';

let server: FakeServer;
let people: People;
let file: string;
beforeEach(async () => {
  server = await startFakeServer();
  people = await gatherPeople(() => server.url);
  file = join(people.profileOf('alice'), 'profile.db');
});
afterEach(async () => {
  await people.end();
  await server.stop();
});

const permissions = (path: string): number => statSync(path).mode & 0o777;

it('the folder is 0700, and every file in it 0600', async () => {
  const alice = await people.join('alice');
  alice.send('bob', 'hello');
  const folder = people.profileOf('alice');
  expect(permissions(folder)).toBe(0o700);
  expect(readdirSync(folder)).toContain('profile.db-wal');
  for (const name of readdirSync(folder))
    expect([name, permissions(join(folder, name))]).toEqual([name, 0o600]);
});

it('a wrong password is refused, and the file stays byte for byte as it was', async () => {
  await (await people.join('alice')).close();
  const before = readFileSync(file);
  const wrong = { ...people.options('alice'), password: `${PASSWORD}!` };
  await expect(signIn(wrong, QUICK)).rejects.toMatchObject({ code: 'wrong_password' });
  expect(readFileSync(file)).toEqual(before);
  expect(readdirSync(people.profileOf('alice'))).toEqual(['profile.db']);
  expect((await people.back('alice')).state()).toEqual({ kind: 'online' });
});

it('a profile is open once at a time', async () => {
  const alice = await people.join('alice');
  await expect(people.back('alice')).rejects.toMatchObject({ code: 'profile_in_use' });
  await expect(people.join('alice')).rejects.toMatchObject({ code: 'profile_in_use' });
  alice.send('bob', 'still works');
  await alice.close();
  expect(lines(await people.back('alice'), 'bob')).toHaveLength(1);
});

it.each([
  [
    'not a database',
    () => writeFileSync(file, 'not a database, but long enough to be looked at '.repeat(20)),
  ],
  ['an empty file', () => truncateSync(file, 0)],
  ['cut short', () => truncateSync(file, statSync(file).size / 2)],
  ['a database of something else', () => new Database(file).exec('PRAGMA application_id = 7').close()],
  ['of a newer version', () => new Database(file).exec('PRAGMA user_version = 99').close()],
  ['without its vault', () => new Database(file).exec('DELETE FROM vault').close()],
  ['without its tables', () => new Database(file).exec('DROP TABLE seen').close()],
  ['asking for all memory', () => new Database(file).exec('UPDATE vault SET memory_kib = 1e9').close()],
  ['with a value moved', () => new Database(file).exec('UPDATE identity SET value = zeroblob(90)').close()],
])('a profile that is damaged (%s) is refused and not changed', async (_, damage) => {
  await (await people.join('alice')).close();
  damage();
  const before = readFileSync(file);
  await expect(people.back('alice')).rejects.toMatchObject({ code: 'profile_damaged' });
  expect(readFileSync(file)).toEqual(before);
});

it('a newer profile is told apart from a damaged one', async () => {
  await (await people.join('alice')).close();
  new Database(file).exec('PRAGMA user_version = 99').close();
  await expect(people.back('alice')).rejects.toThrow('newer version');
});

it('a folder with other files in it is not made a profile; what a crash left is no obstacle', async () => {
  const folder = people.profileOf('alice');
  mkdirSync(folder);
  writeFileSync(join(folder, 'letter.txt'), 'mine');
  await expect(people.join('alice')).rejects.toMatchObject({ code: 'profile_exists' });
  expect(readdirSync(folder)).toEqual(['letter.txt']);
  const crashed = people.profileOf('bob');
  mkdirSync(crashed);
  writeFileSync(join(crashed, 'profile.new'), 'half a');
  writeFileSync(join(crashed, 'profile.new-wal'), 'database');
  await people.join('bob');
  expect(readdirSync(crashed)).not.toContain('profile.new');
});

it('a process that is killed leaves no lock, and loses nothing that was stored', async () => {
  const child = startChild('hold');
  await once(child.stdout, 'data');
  await expect(people.back('alice')).rejects.toMatchObject({ code: 'profile_in_use' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(lines(await people.back('alice'), 'bob')).toEqual([expect.stringMatching(/kept$/)]);
});

it('a process whose client was closed ends by itself', async () => {
  const child = startChild('close');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});

const startChild = (what: 'hold' | 'close') =>
  spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      join(import.meta.dirname, 'profile-child.ts'),
      what,
      JSON.stringify(people.options('alice')),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );

it('no text, name, key or password is in any file of a profile, in any form', async () => {
  const [alice, bob] = await Promise.all([people.join('alice-canary'), people.join('bob-canary')]);
  alice.send('bob-canary', 'text-canary-from-alice');
  bob.send('alice-canary', 'text-canary-from-bob');
  alice.send('nobody-canary', 'text-canary-to-nobody');
  await eventually(() => expect(lines(bob, 'alice-canary')).toContain('received text-canary-from-alice'));
  await eventually(() => expect(lines(alice, 'bob-canary')).toContain('received text-canary-from-bob'));
  server.deliverMessage('alice-canary', { sender: 'carol-canary', message: 'ciphertext-canary' });
  await eventually(() => expect(lines(alice, 'carol-canary')).toEqual(['undecryptable']));
  await server.stop();
  alice.send('bob-canary', 'text-canary-in-the-outbox');
  const wire = server.requests.map(({ body }) => body).join('\n');
  const ids = [...wire.matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id ?? '');
  const sealed = [...wire.matchAll(/"(?:message|encrypted_key)":"([^"]+)"/g)].map(([, text]) => text ?? '');
  expect(ids.length).toBeGreaterThan(2);
  const secrets = ['canary', PASSWORD, 'BEGIN', server.user('alice-canary').hash, ...ids, ...sealed];
  const open = contents('alice-canary');
  await alice.close();
  for (const bytes of [open, contents('alice-canary')]) {
    expect(bytes.length).toBeGreaterThan(4096);
    for (const secret of secrets.flatMap(forms)) expect(bytes.includes(secret)).toBe(false);
  }
  await server.restart();
});

it('the search of the test before finds what it looks for', async () => {
  const alice = await people.join('alice');
  await alice.close();
  const plain = Buffer.from('the text-canary is here');
  const haystack = [plain, Buffer.from(plain.toString('base64')), Buffer.from(plain.toString('hex'))];
  for (const bytes of haystack) expect(forms('canary').some((form) => bytes.includes(form))).toBe(true);
});

const contents = (name: string): Buffer => {
  const folder = people.profileOf(name);
  return Buffer.concat(readdirSync(folder).map((entry) => readFileSync(join(folder, entry))));
};

/** As it is, in hex, and in base64 at each of the three alignments. */
function forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const aligned = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return encoded.slice(shift === 0 ? 0 : shift + 1, -1);
  });
  return [secret, bytes.toString('hex'), bytes.toString('hex').toUpperCase(), ...aligned];
}

it('two creations at once in one folder end with one account', async () => {
  const outcomes = await Promise.allSettled([
    createAccount(people.options('alice'), QUICK),
    createAccount(people.options('alice'), QUICK),
  ]);
  const made = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  expect(made).toHaveLength(1);
  await made[0]?.close();
  expect((await people.back('alice')).state()).toEqual({ kind: 'online' });
});
