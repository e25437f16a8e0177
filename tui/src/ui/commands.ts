import { nearTo, WORD_MAX } from '../keys/near.ts';
import { emoteOf, emoteText } from './emote.ts';

/** What stands behind a command: `rest` is all of the line, blanks included. */
type Takes = 'nothing' | 'word' | 'maybe a word' | 'rest';

export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly description: string;
  readonly takes: Takes;
}

export type CommandName =
  | 'help'
  | 'keys'
  | 'config'
  | 'switch'
  | 'unread'
  | 'editor'
  | 'mouse'
  | 'contact'
  | 'me'
  | 'reply'
  | 'edit'
  | 'delete'
  | 'react'
  | 'block'
  | 'unblock'
  | 'mute'
  | 'unmute'
  | 'pin'
  | 'unpin'
  | 'note'
  | 'search'
  | 'status'
  | 'verify'
  | 'accept'
  | 'decline'
  | 'renew'
  | 'timer'
  | 'clear'
  | 'receipts'
  | 'typing'
  | 'new-identity'
  | 'export'
  | 'password'
  | 'sessions'
  | 'delete-account'
  | 'lock'
  | 'logout'
  | 'quit';

const command = (name: CommandName, operand: string, takes: Takes, description: string) => ({
  name,
  usage: `/${name}${operand === '' ? '' : ` ${operand}`}`,
  description,
  takes,
});

export const COMMANDS: readonly (Command & { readonly name: CommandName })[] = [
  command('help', '[COMMAND]', 'maybe a word', 'show commands and keys, or how to use one'),
  command('keys', '', 'nothing', 'show all keys, as they are set'),
  command('editor', '', 'nothing', 'write in your editor'),
  command('mouse', '', 'nothing', 'the mouse on or off'),
  command('config', '', 'nothing', 'show your settings, and what is wrong in them'),
  command('contact', 'NAME', 'word', 'open the conversation with NAME'),
  command('switch', '', 'nothing', 'go to a contact by part of the name'),
  command('unread', '', 'nothing', 'to the first unread message, or the next contact'),
  command('me', 'WAVES', 'rest', 'say what you do: * alice waves'),
  command('search', 'WORDS', 'rest', 'find messages in all conversations'),
  command('reply', 'TEXT', 'rest', 'answer the picked message, or their newest'),
  command('edit', 'TEXT', 'rest', 'a new text for your message'),
  command('delete', '', 'nothing', 'delete your message on both sides'),
  command('react', ':+1:|off', 'word', 'an emoji at the picked message, or their newest'),
  command('block', '[NAME]', 'maybe a word', 'take nothing from NAME; /unblock ends it'),
  command('mute', '[NAME]', 'maybe a word', 'no noise from NAME; /unmute ends it'),
  command('pin', '[NAME]', 'maybe a word', 'NAME stands first; /unpin ends it'),
  command('note', 'TEXT|off', 'rest', 'your own words about the contact'),
  command('status', '', 'nothing', 'what has arrived, waits or is missing'),
  command('verify', '[NAME]', 'maybe a word', 'compare the safety number'),
  command('accept', '[NAME]', 'maybe a word', 'take a request, or a key that has changed'),
  command('decline', '[NAME]', 'maybe a word', 'drop a request with its messages'),
  command('renew', '[NAME]', 'maybe a word', 'new keys for the conversation'),
  command('timer', 'off|1h', 'word', 'messages go after 30s, 5m, 1h, 1d, 1w'),
  command('receipts', 'on|off', 'maybe a word', 'see and show what was read, both ways'),
  command('typing', 'on|off', 'maybe a word', 'see and show who is typing, both ways'),
  command('clear', '', 'nothing', 'delete the history of this conversation'),
  command('new-identity', '', 'nothing', 'take a new key: contacts are warned'),
  command('export', 'FILE', 'rest', 'write the encrypted profile to FILE'),
  command('password', '', 'nothing', 'change the password'),
  command('sessions', '', 'nothing', 'where you are signed in, and end it'),
  command('delete-account', '', 'nothing', 'delete your account, for ever'),
  command('lock', '', 'nothing', 'close the profile, back to signing in'),
  command('logout', '', 'nothing', 'end the session, back to signing in'),
  command('quit', '', 'nothing', 'leave; the history stays'),
];

/** They end what others begin, and stand beside them in the help. */
const ENDINGS: readonly (Command & { readonly name: CommandName })[] = [
  command('unblock', '[NAME]', 'maybe a word', 'take messages from NAME again'),
  command('unmute', '[NAME]', 'maybe a word', 'noise from NAME again'),
  command('unpin', '[NAME]', 'maybe a word', 'NAME stands among the others'),
];

/** What a submitted line is. */
export type Line =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'command'; readonly name: Exclude<CommandName, 'me'>; readonly argument: string }
  /** A sentence that says what to do instead. `secret`: the line may hold a password, and is not kept for correction. */
  | { readonly kind: 'mistake'; readonly sentence: string; readonly secret: boolean };

/** All that can be typed, by name. */
export const ALL_COMMANDS = [...COMMANDS, ...ENDINGS].sort((one, other) => (one.name < other.name ? -1 : 1));

/** What to do instead of a command that does not exist. */
export const unknownCommand = (typed: string): string => {
  const near = nearTo(
    typed,
    COMMANDS.map(({ name }) => name),
  );
  const advice =
    near.length > 0
      ? `Did you mean ${near.map((name) => `/${name}`).join(' or ')}?`
      : '/help shows all commands.';
  return `There is no command /${typed.slice(0, WORD_MAX)}. ${advice} To send a message that begins with /, type //.`;
};

const fits = (takes: Takes, argument: string): boolean => {
  const words = argument === '' ? 0 : argument.split(/\s+/).length;
  if (takes === 'rest') return words > 0;
  return takes === 'maybe a word' ? words <= 1 : words === (takes === 'word' ? 1 : 0);
};

/** Whoever types passwords behind the command has them on the screen. */
const noPasswordHere = (usage: string): string =>
  `Type ${usage} alone: it asks for the password, and does not show it. What you typed is gone.`;

/** Would the line be sent? While it is a command, or nothing, nobody is written to. */
export const isMessage = (line: string): boolean => {
  const start = line.trimStart();
  return start !== '' && (!start.startsWith('/') || start.startsWith('//') || emoteOf(start) !== null);
};

/**
 * Reads a submitted line: `/name argument`, `/me does` for a message that says so, `//text` for a message that begins with a slash, or a message.
 * Blanks before a slash do not count.
 */
export const parseLine = (line: string): Line => {
  const start = line.trimStart();
  if (start.startsWith('//')) return { kind: 'text', text: start.slice(1) };
  if (!start.startsWith('/')) return { kind: 'text', text: line };
  const [, typed = '', argument = ''] = /^(\S*)\s*(.*)$/s.exec(start.slice(1).trim()) ?? [];
  const found = ALL_COMMANDS.find(({ name }) => name === typed.toLowerCase());
  if (!found) return { kind: 'mistake', sentence: unknownCommand(typed), secret: false };
  const { name } = found;
  if (fits(found.takes, argument))
    return name === 'me' ? { kind: 'text', text: emoteText(argument) } : { kind: 'command', name, argument };
  if (name === 'password' || name === 'delete-account')
    return { kind: 'mistake', sentence: noPasswordHere(found.usage), secret: true };
  return { kind: 'mistake', sentence: `Use it as ${found.usage}: ${found.description}.`, secret: false };
};
