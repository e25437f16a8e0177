import { copyFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importProfile, signIn } from '../src/chat-client.ts';
import { ARCHIVE_BYTES_MAX } from '../src/profile/archive.ts';
import { openProfile } from '../src/profile/profile.ts';
import { gatherPair, introduce, type Pair, posted } from './e2ee/people.ts';
import { holds } from './files.ts';
import { eventually, lines, PASSWORD } from './people.ts';
import { QUICK } from './quick.ts';

/** Export, import, change of password, profiles of an earlier version. */

let pair: Pair;
let file: string;
beforeEach(async () => {
  pair = await gatherPair();
  file = join(pair.people.root, 'exported');
});
afterEach(() => pair.end());

const CANARY = 'canary of an exported message';

async function exported(): Promise<void> {
  const { alice, bob } = pair;
  await introduce(pair);
  bob.send('alice', CANARY);
  await eventually(() => expect(lines(alice, 'bob').at(-1)).toBe(`received ${CANARY}`));
  await alice.exportProfile(file);
}
const imported = (password = PASSWORD, from = file) =>
  importProfile({ file: from, profile: pair.people.profileOf('moved'), password });

describe('an exported profile', () => {
  it('is one file of its owner, and holds nothing in the clear', async () => {
    await exported();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const bytes = readFileSync(file);
    for (const text of [CANARY, 'alice', 'bob', 'SQLite']) expect(bytes.includes(text)).toBe(false);
  });

  it('is a whole profile again, with its history and pins, and starts new exchanges', async () => {
    const { server, people, alice, bob } = pair;
    await exported();
    alice.setVerified('bob', true);
    await alice.exportProfile(`${file}-2`);
    await alice.close();
    const before = posted(server, 'keyexchange').length;
    expect(await imported(PASSWORD, `${file}-2`)).toEqual({ username: 'alice' });
    expect(statSync(people.profileOf('moved')).mode & 0o777).toBe(0o700);
    const moved = await signIn({ ...people.options('alice'), profile: people.profileOf('moved') }, QUICK);
    expect(lines(moved, 'bob')).toContain(`received ${CANARY}`);
    expect(moved.contacts()[0]?.protection).toBe('verified');
    moved.send('bob', 'from the other machine');
    await eventually(() => expect(lines(bob, 'alice').at(-1)).toBe('received from the other machine'));
    expect(posted(server, 'keyexchange')).toHaveLength(before + 1);
    bob.send('alice', 'well arrived');
    await eventually(() => expect(lines(moved, 'bob').at(-1)).toBe('received well arrived'));
    await moved.close();
  });

  it('does not open with another password, nor over another profile, nor from nowhere', async () => {
    await exported();
    await expect(imported(`${PASSWORD}!`)).rejects.toMatchObject({ code: 'wrong_password' });
    const over = { file, profile: pair.people.profileOf('bob'), password: PASSWORD };
    await expect(importProfile(over)).rejects.toMatchObject({ code: 'profile_exists' });
    await expect(imported(PASSWORD, `${file}-none`)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('there is no such file'),
    });
    await imported();
    await expect(imported()).rejects.toMatchObject({ code: 'profile_exists' });
  });

  it('is not written over a file, nor where there is no folder', async () => {
    const { alice } = pair;
    writeFileSync(file, 'mine');
    await expect(alice.exportProfile(file)).rejects.toMatchObject({ code: 'refused' });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    await expect(alice.exportProfile(join(file, 'x'))).rejects.toMatchObject({ code: 'refused' });
  });

  it('that was changed anywhere is refused, and leaves no profile behind', async () => {
    await exported();
    const bytes = readFileSync(file);
    const places = Array.from({ length: 40 }, (_, n) => Math.floor((n * bytes.length) / 40));
    for (const place of [...places, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 1;
      writeFileSync(`${file}-bad`, changed);
      const attempt = imported(PASSWORD, `${file}-bad`);
      await expect(attempt).rejects.toMatchObject({
        code: expect.stringMatching(/^(profile_damaged|wrong_password)$/),
      });
    }
    for (const length of [0, 10, 300, bytes.length - 1]) {
      writeFileSync(`${file}-bad`, bytes.subarray(0, length));
      await expect(imported(PASSWORD, `${file}-bad`)).rejects.toMatchObject({ code: 'profile_damaged' });
    }
    await imported();
  });

  it(`of more than ${ARCHIVE_BYTES_MAX} bytes is not read into memory`, async () => {
    writeFileSync(`${file}-large`, '');
    truncateSync(`${file}-large`, ARCHIVE_BYTES_MAX + 1);
    await expect(imported(PASSWORD, `${file}-large`)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('too large'),
    });
  });
});

describe('a changed password', () => {
  it('opens the profile from then on, and the old one does not; neither does what wrapped the key before', async () => {
    const { people } = pair;
    await pair.alice.close();
    const folder = people.profileOf('alice');
    const db = new Database(join(folder, 'profile.db'), { readonly: true });
    const { wrapped } = db
      .prepare<[], { wrapped: Buffer }>('SELECT wrapped_key AS wrapped FROM vault')
      .get() ?? {
      wrapped: Buffer.alloc(0),
    };
    db.close();
    expect(holds(folder, wrapped)).toBe(true);
    const alice = await people.back('alice');
    await expect(alice.changePassword('wrong one', 'another password')).rejects.toMatchObject({
      code: 'wrong_password',
    });
    await expect(alice.changePassword(PASSWORD, 'short')).rejects.toMatchObject({ code: 'weak_password' });
    await alice.changePassword(PASSWORD, 'another password');
    expect(holds(folder, wrapped)).toBe(false);
    await alice.exportProfile(file);
    await alice.close();
    await expect(people.back('alice')).rejects.toMatchObject({ code: 'wrong_password' });
    const back = await signIn({ ...people.options('alice'), password: 'another password' }, QUICK);
    expect(back.state()).toEqual({ kind: 'online' });
    await back.close();
    await expect(imported()).rejects.toMatchObject({ code: 'wrong_password' });
    expect(await imported('another password')).toEqual({ username: 'alice' });
  });
});

describe('a profile of version 1', () => {
  const folder = () => pair.people.profileOf('old');
  beforeEach(() => {
    mkdirSync(folder(), { mode: 0o700 });
    copyFileSync(new URL('fixtures/profile-v1.db', import.meta.url), join(folder(), 'profile.db'));
  });

  it('is brought up to this one: its history is legacy, what waits goes on', async () => {
    const profile = await openProfile(folder(), PASSWORD);
    const bob = profile.contacts.find('bob')?.id ?? 0;
    expect(
      profile.history.page(bob, 99, 99).map(({ text, state, legacy }) => ({ text, state, legacy })),
    ).toEqual([
      { text: 'from before', state: 'received', legacy: undefined },
      { text: 'not sent yet', state: 'queued', legacy: undefined },
    ]);
    expect(profile.outbox.get(2)).toMatchObject({ wireId: 'w'.repeat(22), envelope: { key: 1 } });
    expect(profile.contacts.get(bob)).toMatchObject({ timer: 0, unread: 1 });
    expect(profile.ownKeys.identity()).toBeNull();
    profile.close();
  });

  it('is not touched by a wrong password', async () => {
    const before = readFileSync(join(folder(), 'profile.db'));
    await expect(openProfile(folder(), 'wrong password')).rejects.toMatchObject({ code: 'wrong_password' });
    expect(readFileSync(join(folder(), 'profile.db'))).toEqual(before);
  });
});
