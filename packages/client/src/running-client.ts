import { SECONDS_MAX } from '@secure-chat/crypto/e2ee/body';
import { foldName } from '@secure-chat/wire/names';
import { assertUsername } from './account-rules.ts';
import { writeArchive } from './archive-file.ts';
import { timerNote } from './bodies.ts';
import type { ChatClient, ClientEvent, Message } from './chat.ts';
import { ClientError } from './client-error.ts';
import { isRequest, type RequestsMode } from './contact-requests.ts';
import { createDrafts, EMPTY_DRAFT } from './drafts.ts';
import { createOwnAccount } from './own-account.ts';
import { createParts } from './parts.ts';
import type { StoredContact } from './profile/contacts.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';
import { createReading } from './reading.ts';
import { isUsableKey } from './recipient-key.ts';
import { getPublicKey, getUsers } from './requests.ts';
import { createSearch } from './search.ts';
import { createShownMessages } from './shown-messages.ts';
import type { Timing } from './sync.ts';
import { soundText } from './text-limit.ts';
import type { Transport } from './transport.ts';
import { TransportError, toClientError } from './transport-error.ts';

export interface RunningClient extends ChatClient {
  /** Starts the polls; resolves after the first round: to why it failed, or to null. */
  start(): Promise<unknown>;
}

/** Joins the parts over an unlocked profile, which it closes in the end. */
export function createRunningClient(options: {
  profile: Profile;
  transport: Transport;
  now: () => number;
  timing: Timing;
  /** What the list of sessions calls this program. */
  label: string;
  requests: RequestsMode;
}): RunningClient {
  const { profile, transport, now } = options;
  const { contacts, history, settings, warnings } = profile;
  const { username } = profile.identity.get();
  const { server, serverKey } = transport;
  const search = createSearch(history);
  const listeners = new Set<(event: ClientEvent) => void>();
  const onWarning = (): void => emit({ kind: 'warnings' });
  const parts = createParts({ ...options, emit, announce, onDeleted });
  const {
    bundles,
    completeness,
    delivery,
    directory,
    disappearing,
    identities,
    numbering,
    outbox,
    ratchets,
  } = parts;
  const { references, requests, session, sync, typing, upkeep } = parts;
  const ownAccount = createOwnAccount({ profile, session, server });
  const reading = createReading({ profile, completeness, now });
  const shown = createShownMessages({ profile, numbering, delivery });
  const drafts = createDrafts(profile);
  let closing: Promise<void> | null = null;

  /** Once closing, nobody is told: a listener that asked back would be refused. */
  function emit(event: ClientEvent): void {
    if (closing) return;
    for (const listener of listeners) listener(event);
  }

  function announce(messages: readonly StoredMessage[]): void {
    search.update(messages);
    for (const message of messages)
      if (message.state !== 'hidden') emit({ kind: 'message', message: shown(message) });
    if (messages.length > 0) emit({ kind: 'contacts' });
  }

  function onDeleted(ids: readonly number[]): void {
    for (const id of ids) {
      search.forget(id);
      emit({ kind: 'deleted', contact: contacts.get(id).username });
    }
  }

  const shownContact = (stored: StoredContact) => directory.contact(stored, connected());
  const connected = (): boolean => sync.state().kind === 'online';

  function assertOpen(): void {
    if (closing) throw new ClientError('refused', 'This account is signed out. Sign in again.');
  }

  /** Throws ClientError for a name that nobody else can have. */
  function assertOther(name: string): void {
    assertUsername(name);
    if (foldName(name) === foldName(username))
      throw new ClientError('refused', 'That is your own name. Pick somebody else.');
  }

  async function fetchContact(name: string): Promise<StoredContact> {
    const answer = await session.request(getPublicKey(name));
    if (!directory.has(name)) directory.update((await session.request(getUsers)).records);
    assertOpen();
    return profile.transaction(() => {
      const contact = contacts.ensure(directory.spelling(name));
      const pem = answer['public-key'];
      if (contacts.publicKey(contact.id) === null && isUsableKey(pem)) contacts.setPublicKey(contact.id, pem);
      return contact;
    });
  }

  /** The stored contact of this name. Throws ClientError refused when nobody of it was written to or added. */
  function known(name: string): StoredContact {
    assertOpen();
    const stored = contacts.find(name);
    if (!stored)
      throw new ClientError('refused', `You have no contact "${name}" yet. Add it first: /contact ${name}.`);
    return stored;
  }

  function requestOf(name: string): StoredContact {
    assertOpen();
    const stored = contacts.find(name);
    if (!stored || !isRequest(stored))
      throw new ClientError(
        'refused',
        `There is no request of ${stored?.username ?? name}: nothing is to be decided.`,
      );
    return stored;
  }

  /** A message that goes out. */
  function written(stored: StoredMessage): Message {
    typing.set(stored.contact, false);
    return changed(stored);
  }

  /** Something that goes out of a message. */
  function changed(stored: StoredMessage): Message {
    announce([stored]);
    sync.wake();
    return shown(stored);
  }

  /** For a person who waits: what the transport throws becomes a sentence. */
  async function asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toClientError(error);
    }
  }

  async function shutDown(endSession: boolean): Promise<void> {
    await parts.stop();
    if (endSession) await session.end();
    await transport.close();
    await sync.ended();
    profile.close();
  }

  return {
    username,
    server,
    serverKey,
    async start() {
      disappearing.schedule();
      parts.reveals.schedule();
      if (options.requests === 'accept') profile.transaction(requests.acceptAll);
      return sync.start();
    },
    state: sync.state,
    contacts() {
      assertOpen();
      return directory.contacts(connected());
    },
    async addContact(name) {
      assertOpen();
      assertOther(name);
      const stored = contacts.find(name);
      if (stored && !isRequest(stored)) profile.transaction(() => requests.accept(stored.id));
      if (stored) return shownContact(contacts.get(stored.id));
      try {
        const contact = await fetchContact(name);
        profile.transaction(() => requests.accept(contact.id));
        await identities.lookUp(contact.id);
        emit({ kind: 'contacts' });
        return shownContact(contacts.get(contact.id));
      } catch (error) {
        const unknown = error instanceof TransportError && error.code === 'unknown_user';
        throw unknown ? noSuchUser(name, error) : toClientError(error);
      }
    },
    acceptRequest(contact) {
      const { id } = requestOf(contact);
      profile.transaction(() => requests.accept(id));
      emit({ kind: 'contacts' });
    },
    declineRequest(contact) {
      const { id } = requestOf(contact);
      profile.transaction(() => requests.decline(id));
      profile.sweep();
      onDeleted([id]);
      emit({ kind: 'contacts' });
    },
    messages(contact, range) {
      assertOpen();
      const stored = contacts.find(contact);
      if (!stored) return [];
      const page =
        'after' in range
          ? history.pageAfter(stored.id, range.after, range.limit)
          : history.page(stored.id, range.before ?? Number.MAX_SAFE_INTEGER, range.limit);
      return page.map(shown);
    },
    async search(words, contact) {
      assertOpen();
      const stored = contact === undefined ? null : contacts.find(contact);
      if (contact !== undefined && !stored) return [];
      const found = await search.find(words, stored?.id ?? null);
      assertOpen();
      return found.map(shown);
    },
    send(contact, text) {
      assertOpen();
      assertOther(contact);
      const sound = soundText(text);
      return written(
        profile.transaction(() => {
          const { id } = contacts.ensure(directory.spelling(contact));
          parts.assertWritable(id);
          return outbox.write(id, sound);
        }),
      );
    },
    reply: (contact, id, text) => written(references.reply(known(contact).id, id, text)),
    edit: (contact, id, text) => changed(references.edit(known(contact).id, id, text)),
    retract(contact, id) {
      const { id: of } = known(contact);
      const left = references.retract(of, id);
      if (left) changed(left);
      else onDeleted([of]);
    },
    react: (contact, id, emoji) => changed(references.react(known(contact).id, id, emoji)),
    setMarks(contact, marks) {
      assertOpen();
      assertOther(contact);
      if (marks.note !== undefined && [...marks.note].length > NOTE_MAX)
        throw new ClientError(
          'too_long',
          `The note is too long: at most ${NOTE_MAX} characters. Shorten it.`,
        );
      profile.transaction(() => {
        const stored = contacts.ensure(directory.spelling(contact));
        contacts.update({ ...stored, ...marks });
      });
      emit({ kind: 'contacts' });
    },
    draft(contact) {
      assertOpen();
      const stored = contacts.find(contact);
      return stored ? drafts.of(stored.id) : EMPTY_DRAFT;
    },
    setDraft(contact, draft) {
      assertOpen();
      assertOther(contact);
      if (draft.text === '' && !contacts.find(contact)) return;
      profile.transaction(() => drafts.put(contacts.ensure(directory.spelling(contact)).id, draft));
    },
    markRead(contact, upTo = Number.MAX_SAFE_INTEGER) {
      assertOpen();
      const stored = contacts.find(contact);
      // After a power failure it is seen again.
      if (!stored || !profile.lightTransaction(() => reading.seen(stored, upTo))) return;
      disappearing.schedule();
      emit({ kind: 'contacts' });
    },
    setTyping(contact, isTyping) {
      assertOpen();
      const stored = contacts.find(contact);
      if (stored) typing.set(stored.id, isTyping);
    },
    status(contact) {
      const { id } = known(contact);
      const waiting = profile.outbox.of(id);
      const queued = waiting.filter((message) => history.get(message).state !== 'hidden').length;
      return { queued, missing: completeness.missing(id), ...numbering.status(id) };
    },
    settings() {
      assertOpen();
      return settings.get();
    },
    setSettings(next) {
      assertOpen();
      settings.put(next);
      emit({ kind: 'contacts' });
    },

    async safetyNumber(contact) {
      assertOpen();
      assertOther(contact);
      return asked(async () => {
        const stored = contacts.find(contact) ?? (await fetchContact(contact));
        await identities.lookUp(stored.id, true);
        assertOpen();
        emit({ kind: 'contacts' });
        return identities.safetyNumber(stored.id);
      });
    },
    setVerified(contact, verified) {
      identities.setVerified(known(contact).id, verified);
      emit({ kind: 'contacts' });
    },
    acceptIdentity(contact) {
      identities.accept(known(contact).id);
      emit({ kind: 'contacts' });
      sync.wake();
    },
    renewKeys(contact) {
      const { id } = known(contact);
      identities.assertModern(id);
      profile.transaction(() => {
        ratchets.renew(id);
        const peer = profile.peers.get(id);
        if (peer) profile.peers.put(id, { ...peer, repairs: 0, repairedAt: 0 });
      });
    },
    async renewIdentity() {
      assertOpen();
      bundles.renewIdentity();
      emit({ kind: 'contacts' });
      await asked(() => upkeep.publish());
    },
    setTimer(contact, seconds) {
      const { id } = known(contact);
      identities.assertModern(id);
      if (!Number.isInteger(seconds) || seconds < 0 || seconds > SECONDS_MAX)
        throw new ClientError('refused', 'A timer is 0 for none, or at most four weeks.');
      const note = profile.transaction(() => {
        contacts.update({ ...contacts.get(id), timer: seconds, timerSetAt: now() });
        return outbox.tell(id, { kind: 'timer', seconds }, timerNote(username, seconds));
      });
      announce([note]);
      sync.wake();
    },
    deleteHistory(contact) {
      const { id } = known(contact);
      profile.transaction(() => {
        outbox.withdraw(profile.outbox.of(id));
        history.removeAll(id);
        contacts.update({ ...contacts.get(id), unread: 0, readTo: null, lastMessageAt: null });
      });
      profile.sweep();
      onDeleted([id]);
      emit({ kind: 'contacts' });
    },
    async exportProfile(file) {
      assertOpen();
      await writeArchive(file, profile.export());
    },
    async changePassword(current, next) {
      assertOpen();
      return ownAccount.changePassword(current, next);
    },
    async sessions() {
      assertOpen();
      return ownAccount.sessions();
    },
    async endSession(id) {
      assertOpen();
      await ownAccount.endSession(id);
    },
    async endOtherSessions() {
      assertOpen();
      await ownAccount.endOtherSessions();
    },
    async deleteAccount(password) {
      assertOpen();
      await ownAccount.deleteAccount(password);
    },
    warnings() {
      assertOpen();
      return warnings.all();
    },
    clearWarnings() {
      assertOpen();
      warnings.clear();
      onWarning();
    },

    on(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    logout() {
      closing ??= shutDown(true);
      return closing;
    },
    close() {
      closing ??= shutDown(false);
      return closing;
    },
  };
}

/** Code points of what a person notes of a contact. */
const NOTE_MAX = 500;

const noSuchUser = (name: string, cause: TransportError): ClientError =>
  new ClientError(
    'unknown_user',
    `There is no user "${name}" on this server. Check how the name is written.`,
    { cause },
  );
