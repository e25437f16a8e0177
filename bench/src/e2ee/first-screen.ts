import { statSync } from 'node:fs';
import { join } from 'node:path';
import { makeIdentity } from '@secure-chat/client/account';
import { openDatabase } from '@secure-chat/client/profile/database';
import { profileFile } from '@secure-chat/client/profile/folder';
import { createProfile, unlocked } from '@secure-chat/client/profile/profile';
import { openVault } from '@secure-chat/client/profile/vault';
import { readVault } from '@secure-chat/client/profile/vault-table';
import { createRunningClient } from '@secure-chat/client/running-client';
import { TIMING } from '@secure-chat/client/sync';
import { createTransport } from '@secure-chat/client/transport';
import { round } from '../arithmetic.ts';
import { TEXT } from './message.ts';
import { makePerson, type Person, peerOf } from './person.ts';
import type { E2eeScale } from './scale.ts';
import { type Timing, timed, timedAsync, timingOf } from './timing.ts';

/** Milliseconds, of a profile that the system has in its cache. */
export interface FirstScreen {
  readonly openings: number;
  readonly messages: number;
  readonly contacts: number;
  /** MiB of the profile's file. */
  readonly mebibytes: number;
  /** The file opened and checked: before the password is looked at. */
  readonly file: Timing;
  /** Argon2id. */
  readonly password: Timing;
  /** From the data key to the contacts and the newest conversation's last messages. */
  readonly screen: Timing;
  readonly whole: Timing;
}

const CONTACTS = 20;
/** Messages that a screen asks for. */
const SCREEN_MESSAGES = 50;
/** Messages of one transaction while the profile is made. */
const BATCH = 1_000;
const PASSWORD = 'correct horse battery';
/** Nobody listens there, and nobody asks: the client is not started. */
const NO_SERVER = 'http://127.0.0.1:9';

export async function measureFirstScreen(
  owner: Person,
  { history, openings }: E2eeScale,
  dataDir: string,
): Promise<FirstScreen> {
  const folder = join(dataDir, 'first-screen');
  await makeProfile(folder, owner, history);
  const samples: Record<'file' | 'password' | 'screen' | 'whole', number[]> = {
    file: [],
    password: [],
    screen: [],
    whole: [],
  };
  for (let turn = 0; turn < openings; turn++)
    await (await timedAsync(samples.whole, () => open(folder, samples)))();
  return {
    openings,
    messages: history,
    contacts: CONTACTS,
    mebibytes: round(statSync(profileFile(folder)).size / 2 ** 20, 1),
    file: timingOf(samples.file),
    password: timingOf(samples.password),
    screen: timingOf(samples.screen),
    whole: timingOf(samples.whole),
  };
}

/** Through the profile's own tables. */
async function makeProfile(folder: string, owner: Person, messages: number): Promise<void> {
  const identity = makeIdentity(owner.username, owner.privateKey);
  const profile = await createProfile({ profile: folder, password: PASSWORD, identity });
  const { contacts, history, peers } = profile;
  for (let index = 0; index < CONTACTS; index++) {
    const person = await makePerson(`contact-${index}`, owner.privateKey);
    peers.put(contacts.ensure(person.username).id, peerOf(person));
  }
  const known = contacts.all();
  const begun = Date.now() - messages;
  for (let from = 0; from < messages; from += BATCH)
    profile.transaction(() => {
      for (let index = from; index < Math.min(messages, from + BATCH); index++) {
        const contact = known[index % known.length];
        if (!contact) throw new RangeError('no contacts');
        const { id, username: sender } = contact;
        const at = begun + index;
        history.add({ contact: id, sender, text: TEXT, at, state: 'received', legacy: false });
        contacts.update({ ...contact, lastMessageAt: at });
      }
    });
  profile.close();
}

/** As signing in does it, up to the first screen; resolves to how to close it. */
async function open(
  folder: string,
  samples: { readonly file: number[]; readonly password: number[]; readonly screen: number[] },
): Promise<() => Promise<void>> {
  const { database, vault } = timed(samples.file, () => {
    const database = openDatabase(profileFile(folder));
    return { database, vault: readVault(database) };
  });
  const dataKey = await timedAsync(samples.password, () => openVault(vault, PASSWORD));
  if (!dataKey) throw new Error('the password does not fit');
  return timed(samples.screen, () => {
    const transport = createTransport({ server: NO_SERVER, now: Date.now });
    const profile = unlocked(database, dataKey);
    const client = createRunningClient({
      profile,
      transport,
      now: Date.now,
      timing: TIMING,
      label: '',
      requests: 'hold',
    });
    const [newest] = client.contacts().sort((a, b) => (b.lastMessageAt ?? 0) - (a.lastMessageAt ?? 0));
    const shown = newest ? client.messages(newest.username, { limit: SCREEN_MESSAGES }) : [];
    if (shown.length !== SCREEN_MESSAGES) throw new Error('the screen is not full');
    return client.close;
  });
}
