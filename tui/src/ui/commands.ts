export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly description: string;
}

export type CommandName = 'help' | 'contact' | 'logout' | 'quit';

export const COMMANDS: readonly (Command & { readonly name: CommandName })[] = [
  { name: 'help', usage: '/help', description: 'show commands and keys' },
  { name: 'contact', usage: '/contact NAME', description: 'open the conversation with NAME' },
  { name: 'logout', usage: '/logout', description: 'end the session, back to signing in' },
  { name: 'quit', usage: '/quit', description: 'leave; the history stays' },
];

/** What a submitted line is. */
export type Line =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'command'; readonly name: CommandName; readonly argument: string }
  /** A sentence that says what to do instead. */
  | { readonly kind: 'mistake'; readonly sentence: string };

/** Edits (insert, drop, replace) from one word to another. */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(one).entries()) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j += 1) {
      const replaced = (row[j] ?? 0) + (letter === other[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

/** Edits up to which a name counts as meant: more, and any short name would be near. */
const NEAR = 2;
/** Characters of an unknown command that are compared and repeated. */
const NAME_MAX = 20;

const unknown = (typed: string): string => {
  const short = typed.slice(0, NAME_MAX);
  const near = COMMANDS.filter(({ name }) => name.startsWith(short) || distance(short, name) <= NEAR);
  const advice =
    near.length > 0
      ? `Did you mean ${near.map(({ name }) => `/${name}`).join(' or ')}?`
      : '/help shows all commands.';
  return `There is no command /${short}. ${advice} To send a message that begins with /, type //.`;
};

/**
 * Reads a submitted line: `/name argument`, `//text` for a message that begins with a slash, or a message.
 * Blanks before a slash do not count.
 */
export const parseLine = (line: string): Line => {
  const start = line.trimStart();
  if (start.startsWith('//')) return { kind: 'text', text: start.slice(1) };
  if (!start.startsWith('/')) return { kind: 'text', text: line };
  const [typed = '', ...rest] = start.slice(1).trim().split(/\s+/);
  const command = COMMANDS.find(({ name }) => name === typed.toLowerCase());
  if (!command) return { kind: 'mistake', sentence: unknown(typed) };
  const wanted = command.name === 'contact' ? 1 : 0;
  if (rest.length !== wanted) {
    return { kind: 'mistake', sentence: `Use it as ${command.usage}: ${command.description}.` };
  }
  return { kind: 'command', name: command.name, argument: rest[0] ?? '' };
};
