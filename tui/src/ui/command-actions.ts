import { helpOf } from './command-help.ts';
import type { CommandName } from './commands.ts';
import { emojiOf, isUnknownName } from './emoji.ts';
import type { Intent, Marks, Setting } from './intents.ts';
import type { ChatState, Message } from './state.ts';
import { parseTimer } from './timer.ts';

/** What a command opens. */
export type View = 'help' | 'password' | 'delete-account' | 'keys' | 'config' | 'switch';
/** Commands that do what a key does. */
export type KeyCommand = 'unread' | 'editor' | 'mouse';

/** What a command does. */
export type Action =
  | { readonly kind: 'open'; readonly view: View }
  | { readonly kind: 'key'; readonly action: KeyCommand }
  /** `confirm`: what it means, a sentence; then only the same command once more does it. */
  | { readonly kind: 'do'; readonly intent: Intent; readonly confirm: string | null }
  /** Says this. */
  | { readonly kind: 'tell'; readonly sentence: string }
  /** A sentence that says what to do instead. */
  | { readonly kind: 'mistake'; readonly sentence: string };

/** What commands are about. `picked`: the message that the person has picked, null for none. */
type Known = Pick<ChatState, 'contacts' | 'selected' | 'messages' | 'username'> & {
  readonly picked: number | null;
};

const NO_MESSAGE: Action = { kind: 'mistake', sentence: 'There is no message for it. Shift-Up picks one.' };

const NOT_YOURS: Action = {
  kind: 'mistake',
  sentence: 'Only messages of your own can be edited or deleted.',
};

const NOBODY: Action = { kind: 'mistake', sentence: 'Pick a contact first: Tab, or /contact NAME.' };

const TIMES = 'The timer is off, or a number with s, m, h, d or w, from 5s to 4w: /timer 1h, for one.';

const NEW_IDENTITY =
  'All your contacts are warned that your key has changed, and have to compare it with you again. Repeat /new-identity to take a new one.';

const act = (intent: Intent, confirm: string | null = null): Action => ({ kind: 'do', intent, confirm });

/** As the contact writes it: names are equal without regard to case. */
const asKnown = (typed: string, { contacts }: Known): string =>
  contacts.find(({ username }) => username.toLowerCase() === typed.toLowerCase())?.username ?? typed;

const isRequest = (contact: string, { contacts }: Known): boolean =>
  contacts.some(({ username, request }) => username === contact && request);

const accept = (contact: string, known: Known): Action => {
  const { contacts } = known;
  if (isRequest(contact, known)) return act({ kind: 'accept-request', contact });
  const intent = { kind: 'accept-identity', contact } as const;
  const changed = contacts.some(
    ({ username, protection }) => username === contact && protection === 'changed',
  );
  // Where nothing has changed there is nothing to think over: the app says so.
  if (!changed) return act(intent);
  return act(
    intent,
    `The key of ${contact} has changed: a new device, or somebody in between. /verify compares it. To go on without, repeat /accept ${contact}.`,
  );
};

const decline = (contact: string, known: Known): Action => {
  const intent = { kind: 'decline-request', contact } as const;
  if (!isRequest(contact, known)) return act(intent);
  return act(
    intent,
    `What ${contact} wrote is dropped, for ever, and nothing says so to ${contact}. Repeat /decline ${contact} to do it.`,
  );
};

/** What a command with its argument (empty for none) does to the open or the named contact. */
export const actionOf = (name: Exclude<CommandName, 'me'>, argument: string, known: Known): Action => {
  const contact = argument === '' ? known.selected : asKnown(argument, known);
  const { selected } = known;
  switch (name) {
    case 'help':
      return argument === '' ? { kind: 'open', view: name } : teach(argument);
    case 'password':
    case 'delete-account':
    case 'keys':
    case 'config':
    case 'switch':
      return { kind: 'open', view: name };
    case 'unread':
    case 'editor':
    case 'mouse':
      return { kind: 'key', action: name };
    case 'sessions':
    case 'lock':
    case 'logout':
    case 'quit':
      return act({ kind: name });
    case 'contact':
      return act({ kind: 'add-contact', name: argument });
    case 'export':
      return act({ kind: 'export', file: argument });
    case 'new-identity':
      return act({ kind: 'renew-identity' }, NEW_IDENTITY);
    case 'verify':
      return contact === null ? NOBODY : act({ kind: 'verify', contact });
    case 'accept':
      return contact === null ? NOBODY : accept(contact, known);
    case 'decline':
      return contact === null ? NOBODY : decline(contact, known);
    case 'renew':
      return contact === null ? NOBODY : act({ kind: 'renew-keys', contact });
    case 'search':
      return act({ kind: 'search', words: argument });
    case 'reply':
      return about(known, 'theirs', (of) => ({ kind: 'reply', ...of, text: argument }));
    case 'edit':
      return about(known, 'own', (of) => ({ kind: 'edit', ...of, text: argument }));
    case 'delete':
      return deletion(known, 'Repeat /delete');
    case 'react':
      if (isUnknownName(argument))
        return {
          kind: 'mistake',
          sentence: `There is no emoji ${argument}. :h and Tab complete a name; the emoji itself will do, too.`,
        };
      return about(known, 'theirs', (of) => ({ kind: 'react', ...of, emoji: reaction(argument) }));
    case 'block':
      return contact === null ? NOBODY : mark(contact, { blocked: true }, blocks(contact));
    case 'unblock':
      return contact === null ? NOBODY : mark(contact, { blocked: false });
    case 'mute':
    case 'unmute':
      return contact === null ? NOBODY : mark(contact, { muted: name === 'mute' });
    case 'pin':
    case 'unpin':
      return contact === null ? NOBODY : mark(contact, { pinned: name === 'pin' });
    case 'note':
      return selected === null ? NOBODY : mark(selected, { note: argument === 'off' ? '' : argument });
    case 'status':
      return selected === null ? NOBODY : act({ kind: 'status', contact: selected });
    case 'receipts':
    case 'typing':
      return setting(name, argument.toLowerCase());
    case 'clear':
      return selected === null ? NOBODY : clear(selected);
    case 'timer':
      return selected === null ? NOBODY : timer(selected, argument);
  }
};

const teach = (typed: string): Action => {
  const { found, sentence } = helpOf(typed);
  return { kind: found ? 'tell' : 'mistake', sentence };
};

/** `again`: what does it, once it has been asked. */
export const deletion = (known: Known, again: string): Action =>
  about(
    known,
    'own',
    (of) => ({ kind: 'retract', ...of }),
    `This deletes your message on both sides, as far as the other client does what it is told. ${again} to do it.`,
  );

const blocks = (contact: string): string =>
  `Block ${contact}? Nothing that ${contact} writes will be shown. Repeat /block ${contact} to do it; /unblock ends it.`;

const mark = (contact: string, marks: Partial<Marks>, confirm: string | null = null): Action =>
  act({ kind: 'mark', contact, marks }, confirm);

const reaction = (typed: string): string | null => (typed === 'off' ? null : emojiOf(typed));

/** May something be said of it? */
const isThere = ({ state, deleted }: Message): boolean =>
  !deleted && !/^(failed|undecryptable|refused|missing|note)$/.test(state);

/** Of the picked message, or of the newest one of this side. */
const about = (
  { selected, messages, username, picked }: Known,
  whose: 'own' | 'theirs',
  intentOf: (of: { contact: string; id: number }) => Intent,
  confirm: string | null = null,
): Action => {
  if (selected === null) return NOBODY;
  const message =
    picked === null
      ? messages.findLast((each) => isThere(each) && (each.sender === username) === (whose === 'own'))
      : messages.find(({ id }) => id === picked);
  if (message && whose === 'own' && message.sender !== username) return NOT_YOURS;
  return message ? act(intentOf({ contact: selected, id: message.id }), confirm) : NO_MESSAGE;
};

const clear = (contact: string): Action =>
  act(
    { kind: 'delete-history', contact },
    `This deletes all messages with ${contact} on this machine, for ever; ${contact} keeps theirs. Repeat /clear to do it.`,
  );

const setting = (name: Setting, typed: string): Action => {
  if (typed === '') return act({ kind: 'setting', setting: name, on: null });
  return typed === 'on' || typed === 'off'
    ? act({ kind: 'setting', setting: name, on: typed === 'on' })
    : { kind: 'mistake', sentence: `Use it as /${name} on or /${name} off; /${name} alone says how it is.` };
};

const timer = (contact: string, typed: string): Action => {
  const seconds = parseTimer(typed);
  return seconds === null
    ? { kind: 'mistake', sentence: TIMES }
    : act({ kind: 'set-timer', contact, seconds });
};
