import { join } from 'node:path';
import { makeIdentity } from '@secure-chat/client/account';
import { createBodies } from '@secure-chat/client/bodies';
import { createCompleteness } from '@secure-chat/client/completeness';
import { createContactRequests } from '@secure-chat/client/contact-requests';
import { createInbox, type Inbox } from '@secure-chat/client/inbox';
import { createLegacyConversations } from '@secure-chat/client/legacy-conversations';
import { createNumbering } from '@secure-chat/client/numbering';
import { createOwnBundles } from '@secure-chat/client/own-bundle';
import { createProfile, type Profile } from '@secure-chat/client/profile/profile';
import { createRatchets } from '@secure-chat/client/ratchets';
import type { PendingMessage } from '@secure-chat/client/requests';
import { createSession } from '@secure-chat/client/session';
import { createTransport } from '@secure-chat/client/transport';
import { makeWireId } from '@secure-chat/client/wire-id';
import { bundleHash } from '@secure-chat/crypto/e2ee/bundle';
import { toEnvelope } from '@secure-chat/crypto/e2ee/envelope';
import { encodePrekeys } from '@secure-chat/crypto/e2ee/prekeys';
import { type Ratchet, startRatchet } from '@secure-chat/crypto/e2ee/ratchet';
import { formatTimestamp } from '@secure-chat/wire/timestamps';
import { round } from '../arithmetic.ts';
import { pick } from '../people.ts';
import { write } from './message.ts';
import { makePerson, type Person, peerOf, SERIAL, started } from './person.ts';
import type { E2eeScale } from './scale.ts';
import { type Share, sharesOf } from './shares.ts';
import { timed } from './timing.ts';

export interface Receiving {
  readonly messages: number;
  readonly senders: number;
  readonly perSecond: number;
  readonly microsecondsEach: number;
  /** Of the time, by what it went to; from another run, which is watched. */
  readonly shares: readonly Share[];
}

const SENDERS = 10;
/** Messages of one poll's answer, and so of one transaction. */
const PAGE = 1_000;
/** Nobody listens there, and nobody asks. */
const NO_SERVER = 'http://127.0.0.1:9';
/** The profile's password plays no part here, so it may be cheap. */
const CHEAP = { memoryKib: 8, passes: 1, lanes: 1 };

export async function measureReceiving(
  recipient: Person,
  { received }: E2eeScale,
  dataDir: string,
): Promise<Receiving> {
  const samples: number[] = [];
  const plain = await mailbox(recipient, received, join(dataDir, 'receiving'));
  for (const page of plain.pages) timed(samples, () => plain.inbox.receiveMessages(page));
  plain.profile.close();

  const watched = await mailbox(recipient, received, join(dataDir, 'receiving-watched'));
  const shares = await sharesOf(() => {
    for (const page of watched.pages) watched.inbox.receiveMessages(page);
  });
  watched.profile.close();

  const milliseconds = samples.reduce((sum, sample) => sum + sample, 0);
  return {
    messages: received,
    senders: SENDERS,
    perSecond: round((1_000 * received) / milliseconds, 0),
    microsecondsEach: round((1_000 * milliseconds) / received, 1),
    shares,
  };
}

/** A client that waits for the messages, without a server, and the messages as polls bring them. */
async function mailbox(
  recipient: Person,
  messages: number,
  folder: string,
): Promise<{ profile: Profile; inbox: Inbox; pages: PendingMessage[][] }> {
  const identity = makeIdentity(recipient.username, recipient.privateKey);
  const profile = await createProfile({ profile: folder, password: '', identity, cost: CHEAP });
  publish(profile, recipient);
  const { username } = recipient;
  const now = Date.now;
  const session = createSession({
    transport: createTransport({ server: NO_SERVER, now }),
    identity: profile.identity,
    label: '',
    now,
    onEnded: () => {},
  });
  const bundles = createOwnBundles({ profile, session, username, now });
  const ratchets = createRatchets({ profile, bundles, username, now });
  const completeness = createCompleteness({ profile, now, missingMs: 0, onChange: () => {} });
  const onWarning = (): void => {
    throw new Error('records are missing');
  };
  const requests = createContactRequests({
    profile,
    completeness,
    mode: 'accept',
    now,
    onAccepted: () => {},
    onWarning,
  });
  const inbox = createInbox({
    profile,
    legacy: createLegacyConversations(profile),
    ratchets,
    bodies: createBodies({
      profile,
      numbering: createNumbering(profile),
      completeness,
      requests,
      onWithdrawn: () => {},
      onOver: () => {},
      now,
    }),
    requests,
    privateKey: recipient.privateKey,
    now,
    onWarning,
  });
  const senders: { sender: Person; ratchet: Ratchet }[] = [];
  for (let index = 0; index < SENDERS; index++) {
    const sender = await makePerson(`sender-${index}`, recipient.privateKey);
    const { agreement, peerPrekey, keyExchange } = started(sender, recipient);
    const contact = profile.contacts.ensure(sender.username).id;
    profile.peers.put(contact, peerOf(sender));
    const refused = profile.transaction(() => ratchets.answer(contact, toEnvelope(keyExchange)));
    const ratchet = startRatchet(agreement, peerPrekey);
    if (refused !== null || !ratchet) throw new Error(`the exchange failed: ${refused}`);
    senders.push({ sender, ratchet });
  }
  const pages: PendingMessage[][] = [];
  for (let seq = 0; seq < messages; seq++) {
    const from = pick(senders, seq);
    const { ratchet, message } = write(from.ratchet, { sender: from.sender.username, recipient: username });
    from.ratchet = ratchet;
    if (seq % PAGE === 0) pages.push([]);
    pages.at(-1)?.push({
      type: 'CHAT_MESSAGE',
      sender: from.sender.username,
      message,
      id: makeWireId(),
      seq,
      timestamp: formatTimestamp(now()),
    });
  }
  return { profile, inbox, pages };
}

/** The person's own bundle, as after it was published. */
function publish(profile: Profile, { identity, bundle, prekeys }: Person): void {
  profile.ownKeys.setIdentity(identity);
  profile.ownKeys.putBundle({
    serial: SERIAL,
    hash: bundleHash(bundle).toString('hex'),
    bundle: bundle.toString('base64'),
    prekeys: encodePrekeys(prekeys).toString('base64'),
    madeAt: Date.now(),
    publishedAt: Date.now(),
    replacedAt: null,
  });
}
