import { foldName } from '@secure-chat/wire/names';
import { assertUsername } from './account-rules.ts';
import type { ChatClient, ClientEvent, Message } from './chat.ts';
import { ClientError } from './client-error.ts';
import { createConversations } from './conversations.ts';
import { createDirectory } from './directory.ts';
import { createInbox } from './inbox.ts';
import { createOutbox } from './outbox.ts';
import type { StoredContact } from './profile/contacts.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';
import { createReceiver } from './receiver.ts';
import { isUsableKey } from './recipient-key.ts';
import { getPublicKey, getUsers, postPresence } from './requests.ts';
import { createSession } from './session.ts';
import { createSync, type Timing } from './sync.ts';
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
}): RunningClient {
  const { profile, transport, now, timing } = options;
  const identity = profile.identity.get();
  const { username, privateKey } = identity;
  const listeners = new Set<(event: ClientEvent) => void>();
  const session = createSession(transport, identity, now);
  const directory = createDirectory(username, profile.contacts);
  const conversations = createConversations(profile);
  const inbox = createInbox({ profile, conversations, privateKey, now });
  const receiver = createReceiver({ session, inbox, onMessages: announce });
  const outbox = createOutbox({
    profile,
    conversations,
    session,
    username,
    now,
    onChange: (message) => announce([message]),
  });
  const sync = createSync({
    async poll() {
      await session.request(postPresence);
      const users = await session.request(getUsers);
      if (directory.update(users.records)) emit({ kind: 'contacts' });
      await receiver.receive();
    },
    deliver: outbox.deliver,
    onState(state) {
      emit({ kind: 'state', state });
      emit({ kind: 'contacts' });
    },
    now,
    timing,
  });
  let closing: Promise<void> | null = null;

  /** Once closing, nobody is told: a listener that asked back would be refused. */
  function emit(event: ClientEvent): void {
    if (closing) return;
    for (const listener of listeners) listener(event);
  }

  function announce(messages: StoredMessage[]): void {
    for (const message of messages) emit({ kind: 'message', message: shown(message) });
    if (messages.length > 0) emit({ kind: 'contacts' });
  }

  const shown = ({ contact, ...message }: StoredMessage): Message => ({
    ...message,
    contact: profile.contacts.get(contact).username,
  });

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
      const contact = profile.contacts.ensure(directory.spelling(name));
      const pem = answer['public-key'];
      if (profile.contacts.publicKey(contact.id) === null && isUsableKey(pem))
        profile.contacts.setPublicKey(contact.id, pem);
      return contact;
    });
  }

  async function shutDown(endSession: boolean): Promise<void> {
    await sync.stop();
    if (endSession) await session.end();
    await transport.close();
    await sync.ended();
    profile.close();
  }

  return {
    username,
    server: transport.server,
    start: sync.start,
    state: sync.state,
    contacts() {
      assertOpen();
      return directory.contacts(connected());
    },
    async addContact(name) {
      assertOpen();
      assertOther(name);
      const known = profile.contacts.find(name);
      if (known) return shownContact(known);
      try {
        const contact = await fetchContact(name);
        emit({ kind: 'contacts' });
        return shownContact(contact);
      } catch (error) {
        const unknown = error instanceof TransportError && error.code === 'unknown_user';
        throw unknown ? noSuchUser(name, error) : toClientError(error);
      }
    },
    messages(contact, { before = Number.MAX_SAFE_INTEGER, limit }) {
      assertOpen();
      const stored = profile.contacts.find(contact);
      return stored ? profile.history.page(stored.id, before, limit).map(shown) : [];
    },
    send(contact, text) {
      assertOpen();
      assertOther(contact);
      const stored = profile.transaction(() =>
        outbox.write(profile.contacts.ensure(directory.spelling(contact)).id, text),
      );
      announce([stored]);
      sync.wake();
      return shown(stored);
    },
    markRead(contact) {
      assertOpen();
      const stored = profile.contacts.find(contact);
      if (!stored || stored.unread === 0) return;
      profile.contacts.update({ ...stored, unread: 0 });
      emit({ kind: 'contacts' });
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

const noSuchUser = (name: string, cause: TransportError): ClientError =>
  new ClientError('unknown_user', `There is no user "${name}" on this server.`, { cause });
