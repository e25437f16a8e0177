import { PRESENCE_NAMES_MAX } from '@secure-chat/wire/limits';
import { deletedAccount } from './account.ts';
import { createAlarm } from './alarm.ts';
import { createBodies, type Received } from './bodies.ts';
import type { ClientEvent } from './chat.ts';
import { ClientError } from './client-error.ts';
import { createCompleteness } from './completeness.ts';
import { createContactRequests, type RequestsMode } from './contact-requests.ts';
import { createDelivery } from './delivery.ts';
import { createDirectory } from './directory.ts';
import { createDisappearing } from './disappearing.ts';
import { createEarly } from './early.ts';
import { createExchanges } from './exchanges.ts';
import { createIdentities, identityChanged } from './identities.ts';
import { createInbox } from './inbox.ts';
import { createKeyLog } from './key-log.ts';
import { createKeyUpkeep } from './key-upkeep.ts';
import { createLegacyConversations } from './legacy-conversations.ts';
import { createNotices } from './notices.ts';
import { createNumbering } from './numbering.ts';
import { createOutbox } from './outbox.ts';
import { createOwnBundles } from './own-bundle.ts';
import type { StoredContact } from './profile/contacts.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';
import { createRatchets } from './ratchets.ts';
import { createReceiver } from './receiver.ts';
import { createReferences } from './references.ts';
import { createRepairs } from './repairs.ts';
import { getUsers, postPresence } from './requests.ts';
import { createSession } from './session.ts';
import { createStream } from './stream.ts';
import { createSync, type Timing } from './sync.ts';
import type { Transport } from './transport.ts';
import { TransportError } from './transport-error.ts';
import { createTyping } from './typing.ts';

/** Users of a server up to which a stream asks for everybody's presence: beyond, for that of contacts. */
const EVERYBODY_MAX = 500;

/** What a client is made of, over an unlocked profile, joined: who calls whom stands here. */
export function createParts(options: {
  profile: Profile;
  transport: Transport;
  now: () => number;
  timing: Timing;
  /** What the list of sessions calls this program. */
  label: string;
  requests: RequestsMode;
  emit: (event: ClientEvent) => void;
  /** Messages that are new or changed. */
  announce: (messages: readonly StoredMessage[]) => void;
  /** Of these contacts some messages are gone. */
  onDeleted: (contacts: readonly number[]) => void;
}) {
  const { profile, transport, now, timing, label, emit, announce, onDeleted } = options;
  const { contacts } = profile;
  const identity = profile.identity.get();
  const { username, privateKey } = identity;
  const { server } = transport;
  const onWarning = (): void => emit({ kind: 'warnings' });
  /** Throws ClientError: account_deleted, identity_changed, refused when nothing may be sent to the contact. */
  const assertWritable = (contact: number): void => {
    if (profile.identity.get().deletion === 'done') throw deletedAccount(username);
    const { username: name, blocked } = contacts.get(contact);
    if (blocked)
      throw new ClientError(
        'refused',
        `You have blocked ${name}. To write, unblock first: /unblock ${name}.`,
      );
    if (profile.peers.get(contact)?.changed) throw identityChanged(name);
  };
  /** When the list of users was last seen. */
  let usersAt = Number.NEGATIVE_INFINITY;

  const session = createSession({
    transport,
    identity: profile.identity,
    label,
    now,
    onEnded: (reason) => emit({ kind: 'ended', reason }),
  });

  const bundles = createOwnBundles({ profile, session, username, now });
  const keyLog = createKeyLog({ profile, session, server, username, now, onWarning });
  const identities = createIdentities({
    profile,
    session,
    keyLog,
    username,
    identityKey: () => bundles.identity().publicKey,
    now,
    onMessages: announce,
    onWarning,
  });
  const directory = createDirectory(username, contacts, identities.protection, (id) => typing.isTyping(id));

  const legacy = createLegacyConversations(profile);
  const ratchets = createRatchets({ profile, bundles, username, now });
  const numbering = createNumbering(profile);
  const completeness = createCompleteness({
    profile,
    now,
    missingMs: timing.missingMs,
    onChange: (contact) => notices.touch(contact),
  });
  const requests = createContactRequests({
    profile,
    completeness,
    mode: options.requests,
    now,
    onAccepted(contact, notes) {
      notices.touch(contact);
      announce(notes);
      reveals.schedule();
    },
    onWarning,
  });
  const bodies = createBodies({
    profile,
    numbering,
    completeness,
    requests,
    onWithdrawn: (contact) => notices.touch(contact),
    onOver: (contact, records) => notices.answer(contact, records),
    now,
  });
  const inbox = createInbox({ profile, legacy, ratchets, bodies, requests, privateKey, now, onWarning });
  const exchanges = createExchanges({ profile, identities, ratchets, inbox, keyLog, now });
  const receiver = createReceiver({ session, inbox, exchanges, onReceived });
  const onRested = (): void => sync.wake();
  const delivery = createDelivery({
    profile,
    identities,
    ratchets,
    session,
    now,
    onRested,
    onWaiting(contact) {
      const [next] = profile.outbox.of(contact);
      if (next !== undefined) announce([profile.history.get(next)]);
    },
  });
  const notices = createNotices({ profile, delivery, numbering, ratchets, now, onReady: () => sync.wake() });
  const outbox = createOutbox({
    profile,
    delivery,
    numbering,
    ratchets,
    legacy,
    username,
    now,
    accept: requests.accept,
    isOnline: () => sync.state().kind === 'online',
    onChange(message) {
      announce([message]);
      disappearing.schedule();
    },
    onWithdrawn: (contact) => notices.touch(contact),
  });
  const references = createReferences({ profile, outbox, identities, assertWritable, now });
  const repairs = createRepairs({ profile, ratchets, outbox, now });
  const upkeep = createKeyUpkeep({
    profile,
    keyLog,
    bundles,
    identities,
    ratchets,
    now,
    upkeepMs: timing.upkeepMs,
    onWarning,
  });
  const disappearing = createDisappearing({ profile, outbox, now, onDeleted });
  const reveals = createAlarm({
    now,
    next: completeness.nextReveal,
    ring: () => announce(profile.transaction(completeness.reveal)),
  });
  const typing = createTyping({
    profile,
    ratchets,
    session,
    username,
    now,
    isOnline: (contact) => directory.isOnline(contacts.get(contact).username),
    onChange: () => emit({ kind: 'contacts' }),
  });
  const stream = createStream({
    session,
    inbox,
    exchanges,
    early: createEarly({ profile, now, earlyMs: timing.earlyMs }),
    silenceMs: timing.silenceMs,
    query: () => presenceQuery(directory.size(), contacts.all()),
    onReceived,
    onPresence(user) {
      if (directory.setOnline(user)) emit({ kind: 'contacts' });
    },
    onEphemeral({ sender, body }) {
      const contact = contacts.find(sender);
      if (contact) typing.receive(contact.id, body);
    },
    onEnd(error, retryMs) {
      usersAt = Number.NEGATIVE_INFINITY;
      sync.reconnect(error, retryMs);
    },
  });

  async function lookAtUsers(everyMs: number): Promise<void> {
    if (now() - usersAt < everyMs) return;
    const askedAt = performance.now();
    const users = await session.request(getUsers);
    usersAt = now();
    if (directory.update(users.records, askedAt)) emit({ kind: 'contacts' });
  }

  /** What has to be asked and told now; resolves to the milliseconds until the next time. */
  async function round(): Promise<number> {
    // An exchange can only be answered under an identity: the first round makes it, and before others see that somebody is here.
    // Whoever wrote to one who is here and has no bundle would do so under v1.
    await upkeep.prepare();
    await session.request(postPresence);
    const streaming = await stream.open();
    await lookAtUsers(streaming ? timing.usersMs : 0);
    if (streaming) await exchanges.answer(onReceived);
    if (streaming || (await receiver.receive())) announce(repairs.repair());
    await upkeep.keep();
    return streaming ? timing.heartbeatMs : timing.pollMs;
  }

  /** That the server is known by another key is said until it was read: who is offline looks for no reason. */
  function noteDoubt(error: unknown): void {
    if (!(error instanceof TransportError) || error.doubt !== 'other key') return;
    if (profile.warnings.add(error.message)) onWarning();
  }

  const sync = createSync({
    async poll() {
      try {
        return await round();
      } catch (error) {
        noteDoubt(error);
        throw error;
      }
    },
    onLate: stream.close,
    async deliver() {
      await notices.deliver();
      return outbox.deliver();
    },
    onState(state) {
      emit({ kind: 'state', state });
      emit({ kind: 'contacts' });
    },
    now,
    timing,
  });

  function onReceived({ messages, deleted }: Received): void {
    onDeleted(deleted);
    for (const { contact, state } of messages) if (state === 'received') typing.stopped(contact);
    announce(messages);
    reveals.schedule();
    // A contact has asked for some of them again.
    if (profile.outbox.waiting().length > 0) sync.wake();
  }

  return {
    assertWritable,
    bundles,
    completeness,
    delivery,
    directory,
    disappearing,
    identities,
    numbering,
    outbox,
    ratchets,
    references,
    requests,
    reveals,
    session,
    sync,
    typing,
    upkeep,
    /** Starts nothing any more, and takes in what has come. */
    async stop(): Promise<void> {
      disappearing.stop();
      reveals.stop();
      typing.stop();
      notices.stop();
      delivery.stop();
      await sync.stop();
      await stream.close();
    },
  };
}

/** The query of a stream: whose presence is wanted, of the contacts that were written with last. The same for the same ones. */
function presenceQuery(users: number, contacts: StoredContact[]): string {
  if (users <= EVERYBODY_MAX) return '';
  const newest = contacts
    .filter(({ accepted }) => accepted)
    .sort((one, other) => (other.lastMessageAt ?? 0) - (one.lastMessageAt ?? 0));
  return `?presence=${newest
    .slice(0, PRESENCE_NAMES_MAX)
    .map(({ username }) => username)
    .sort()
    .join(',')}`;
}
