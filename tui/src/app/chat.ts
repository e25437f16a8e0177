import type { ChatClient, ClientEvent, Contact } from '@secure-chat/client/chat-client';
import { isExposed } from '@secure-chat/client/server-trust';
import type { Intent } from '../ui/intents.ts';
import type { ChatState, Draft, Notice, Contact as ShownContact } from '../ui/state.ts';
import type { Times } from '../ui/times.ts';
import type { Clock } from '../ui/ui.ts';
import { type ConversationWindow, openConversation } from './conversation-window.ts';
import { createDeliveryCommands } from './delivery-commands.ts';
import { createDraftKeeper } from './draft-keeper.ts';
import { CALM_MS, createFrames } from './frames.ts';
import { createKeyCommands } from './key-commands.ts';
import { createMessageCommands } from './message-commands.ts';
import { createPreviews } from './previews.ts';
import { createSearch } from './search.ts';
import { sentenceOf } from './sentence.ts';
import { createSessionList } from './session-list.ts';
import { createComparison } from './verification.ts';

/** What a signed-in person wants of the chat; signing in and leaving are the app's. */
export type ChatIntent = Exclude<
  Intent,
  {
    kind:
      | 'sign-in'
      | 'create-account'
      | 'import'
      | 'check-server'
      | 'judge-server'
      | 'judge-profile'
      | 'lock'
      | 'logout'
      | 'quit'
      | 'suspend'
      | 'write-outside';
  }
>;

/** A client joined to what the chat screen shows. */
export interface Chat {
  state(): ChatState;
  /** Null when it was done or begun, or a sentence that says what to do instead. */
  handle(intent: ChatIntent): string | null;
  /** Stops listening, and shows nothing any more; the client stays open. */
  close(): void;
}

export interface ChatOptions {
  readonly client: ChatClient;
  /** The first notice, unless there are warnings; null for none. */
  readonly welcome: Notice | null;
  /** Folder of the account, for a person to read, when it was made just now. */
  readonly newcomer: string | null;
  /** Gets every part of the state that changed. */
  readonly show: (part: Partial<ChatState>) => void;
  /** A path as typed -> where it is. */
  readonly resolvePath: (path: string) => string;
  /** The session was ended from elsewhere, which the sentence says. */
  readonly onEnded: (reason: string) => void;
  /** The person has deleted the account. */
  readonly onDeleted: () => void;
  readonly clock: Clock;
  readonly times: Times;
}

/** Opens the newest conversation, if any. */
export function openChat({
  client,
  welcome,
  newcomer,
  show: tell,
  resolvePath,
  onEnded,
  onDeleted,
  clock,
  times,
}: ChatOptions): Chat {
  let conversation: ConversationWindow | null = null;
  let closed = false;

  /** What comes too late, of a client that is closed, is dropped. */
  const show = (part: Partial<ChatState>): void => {
    if (!closed) tell(part);
  };
  const say = (kind: Notice['kind'], text: string): void => show({ notice: { kind, text } });
  const fail = (sentence: string): void => say('error', sentence);
  const comparison = createComparison({ client, show: (verification) => show({ verification }), fail });

  const sessionList = createSessionList({ client, show: (sessions) => show({ sessions }), say });

  const previews = createPreviews(client);
  const search = createSearch({ client, show: (found) => show({ search: found }), fail });
  const draftKeeper = createDraftKeeper(client, clock.startTimer);
  const messageCommand = createMessageCommands(client, (text) => say('info', text));

  const draftOf = (contact: string | null): Draft => {
    draftKeeper.flush();
    return contact === null ? { text: '', of: null } : client.draft(contact);
  };

  const conversationPart = () => ({
    messages: conversation?.messages() ?? [],
    hasOlder: conversation?.hasOlder() ?? false,
    hasNewer: conversation?.hasNewer() ?? false,
  });

  const shownContacts = (): ShownContact[] =>
    inOrder(client).map((contact) => ({ ...contact, last: previews.of(contact) }));
  const showContacts = (): void => show({ contacts: shownContacts() });
  const showConversation = (): void => show({ contacts: shownContacts(), ...conversationPart() });
  const reload = (): void => {
    conversation?.reload();
    showConversation();
  };

  /** Of the open conversation, messages are gone: it is loaded again with the next frame. */
  let deleted = false;
  /** What the client tells comes in bursts: a receipt is one event for each message. */
  const frames = createFrames(clock, () => {
    calmFrames.stop();
    if (deleted) conversation?.reload();
    deleted = false;
    showConversation();
  });
  /** Of the contacts, where nothing else has changed. */
  const calmFrames = createFrames(clock, showConversation, CALM_MS);

  /** Most of them say that the key of a contact has changed. */
  const showWarnings = (): void => show({ warnings: client.warnings(), contacts: shownContacts() });

  const unreadOf = (contact: string): number =>
    client.contacts().find(({ username }) => username === contact)?.unread ?? 0;

  const select = (contact: string): void => {
    conversation = openConversation(client, contact, unreadOf(contact));
    show({ selected: contact, draft: draftOf(contact), contacts: shownContacts(), ...conversationPart() });
  };

  /** Says what takes a while, then what came of it. */
  const begin = <T>(doing: string, work: Promise<T>, done: (result: T) => void): void => {
    say('info', doing);
    work.then(
      (result) => {
        if (!closed) done(result);
      },
      (error: unknown) => {
        if (!closed) fail(sentenceOf(error));
      },
    );
  };

  const keyCommand = createKeyCommands({
    client,
    comparison,
    say,
    begin,
    answer: (isDone) => show({ answer: { isDone } }),
    showContacts,
    showWarnings,
    onDeleted,
    resolvePath,
  });

  const deliveryCommand = createDeliveryCommands({
    client,
    times,
    now: clock.now,
    inform: (text) => say('info', text),
    reload,
  });

  const onEvent = (event: ClientEvent): void => {
    switch (event.kind) {
      case 'state':
        show({ connection: event.state });
        return;
      case 'contacts':
        calmFrames.ask();
        return;
      case 'message':
        previews.put(event.message);
        if (event.message.contact === conversation?.contact) conversation.put(event.message);
        frames.ask();
        return;
      case 'deleted':
        previews.forget(event.contact);
        deleted ||= event.contact === conversation?.contact;
        frames.ask();
        return;
      case 'warnings':
        showWarnings();
        comparison.refresh();
        return;
      case 'ended':
        onEnded(event.reason);
    }
  };

  const act = (intent: ChatIntent): void => {
    switch (intent.kind) {
      case 'select':
        select(intent.contact);
        return;
      case 'add-contact':
        begin(`Looking for ${intent.name} ...`, client.addContact(intent.name), ({ username }) => {
          show({ notice: null });
          select(username);
        });
        return;
      case 'send':
        client.send(intent.contact, intent.text);
        return;
      case 'typing':
        client.setTyping(intent.contact, intent.typing);
        return;
      case 'seen':
        client.markRead(intent.contact, intent.upTo);
        return;
      case 'load-older':
      case 'load-newer':
      case 'load-oldest':
      case 'load-newest':
        if (conversation?.contact !== intent.contact) return;
        LOADS[intent.kind](conversation);
        show(conversationPart());
        return;
      case 'search':
        search.open(intent.words);
        return;
      case 'close-search':
        search.close();
        return;
      case 'go-to':
        search.close();
        select(intent.contact);
        conversation?.loadTo(intent.id);
        show({ ...conversationPart(), focus: intent.id });
        return;
      case 'reply':
      case 'edit':
      case 'retract':
      case 'react':
      case 'mark':
      case 'accept-request':
      case 'decline-request':
        messageCommand(intent);
        return;
      case 'draft':
        draftKeeper.keep(intent.contact, intent.draft);
        return;
      case 'sessions':
      case 'close-sessions':
      case 'end-session':
      case 'end-other-sessions':
        sessionList.handle(intent);
        return;
      case 'status':
      case 'setting':
        deliveryCommand(intent);
        return;
      default:
        keyCommand(intent);
    }
  };

  const newest = newestOf(client.contacts());
  if (newest !== null) conversation = openConversation(client, newest, 0);
  const unsubscribe = client.on(onEvent);

  return {
    state() {
      const warnings = client.warnings();
      return {
        username: client.username,
        server: isExposed(client.server) ? `${client.server} without TLS` : client.server,
        connection: client.state(),
        contacts: shownContacts(),
        selected: conversation?.contact ?? null,
        draft: draftOf(conversation?.contact ?? null),
        ...conversationPart(),
        notice: warnings.length > 0 ? null : welcome,
        warnings,
        verification: null,
        search: null,
        sessions: null,
        answer: null,
        focus: null,
        newcomer,
      };
    },
    handle(intent) {
      try {
        act(intent);
        // What the person has done is seen at once.
        frames.flush();
        calmFrames.flush();
        return null;
      } catch (error) {
        return sentenceOf(error);
      }
    },
    close() {
      draftKeeper.flush();
      closed = true;
      frames.stop();
      calmFrames.stop();
      comparison.close();
      search.close();
      sessionList.close();
      unsubscribe();
    },
  };
}

const LOADS = {
  'load-older': (conversation: ConversationWindow) => conversation.loadOlder(),
  'load-newer': (conversation: ConversationWindow) => conversation.loadNewer(),
  'load-oldest': (conversation: ConversationWindow) => conversation.loadOldest(),
  'load-newest': (conversation: ConversationWindow) => conversation.loadNewest(),
};

/** Those that are pinned before the others, requests after them, those that are blocked at the end. */
const inOrder = (client: ChatClient): Contact[] => {
  const rank = ({ pinned, blocked, request }: Contact): number =>
    blocked ? 3 : request ? 2 : pinned ? 0 : 1;
  return client.contacts().sort((one, other) => rank(one) - rank(other));
};

/** The contact of the newest message among those who have been read: nobody gets into the input by writing. Null for none. */
function newestOf(contacts: readonly Contact[]): string | null {
  let newest: { username: string; at: number } | null = null;
  for (const { username, lastMessageAt: at, unread, request } of contacts)
    if (unread === 0 && !request && at !== null && at > (newest?.at ?? Number.NEGATIVE_INFINITY))
      newest = { username, at };
  return newest?.username ?? null;
}

export const WELCOME: Notice = { kind: 'info', text: 'Tab picks a contact, /help shows commands and keys.' };

/** What a person has to know of an account that was brought here just now: the folder is all of it. */
export const broughtHere = (folder: string): Notice => ({
  kind: 'info',
  text: `Your account lives in ${folder}: keep a copy, no password alone brings it back.`,
});
