import { ALL_COMMANDS } from './commands.ts';
import { emojiNames, emojiOf } from './emoji.ts';
import { type Line, lineOf } from './line-editor.ts';
import type { Contact } from './state.ts';

/** What Tab makes of a line: the line with what is certain, and what it may go on with where that is not one. */
export interface Completion {
  readonly line: Line;
  readonly choices: readonly string[];
}

/** Choices that are told. */
const CHOICES_MAX = 12;

/** What all of them begin with. */
const common = (words: readonly string[]): string => {
  const [first = ''] = words;
  let length = first.length;
  for (const word of words)
    while (!word.toLowerCase().startsWith(first.slice(0, length).toLowerCase())) length -= 1;
  return first.slice(0, length);
};

/** `finish`: what the one choice becomes. */
const completed = (
  before: string,
  start: string,
  choices: readonly string[],
  finish: (choice: string) => string,
): Completion | null => {
  const [only] = choices;
  if (only === undefined) return null;
  if (choices.length === 1) return { line: lineOf(before + finish(only)), choices: [] };
  const certain = common(choices);
  const text = certain.length > start.length ? certain : start;
  return { line: lineOf(before + text), choices: choices.slice(0, CHOICES_MAX) };
};

/** What may stand behind a command; null where that is nothing that has a name. */
const operandsOf = (typed: string, contacts: readonly Contact[]): readonly string[] | null => {
  const usage = ALL_COMMANDS.find(({ name }) => name === typed)?.usage ?? '';
  if (usage.includes('NAME')) return contacts.map(({ username }) => username);
  return usage.includes('COMMAND') ? ALL_COMMANDS.map(({ name }) => name) : null;
};

/**
 * Completes the name of a command, of what may stand behind it, or of an emoji (`:he`) at the end of the line. Null
 * where there is nothing to complete: Tab then means something else.
 */
export const complete = (line: Line, contacts: readonly Contact[]): Completion | null => {
  const { text } = line;
  if (line.cursor !== text.length) return null;
  const [, name] = /^\s*\/([a-z-]*)$/i.exec(text) ?? [];
  if (name !== undefined) {
    const names = ALL_COMMANDS.flatMap((command) =>
      command.name.startsWith(name.toLowerCase()) ? [`/${command.name}`] : [],
    );
    return completed('', `/${name}`, names, (choice) => `${choice} `);
  }
  const [, before = '', word = '', start] = /^(\s*\/([a-z-]+)\s+)([^\s:]+)$/i.exec(text) ?? [];
  const operands = operandsOf(word.toLowerCase(), contacts);
  if (operands && start !== undefined) {
    const names = operands.filter((name) => name.toLowerCase().startsWith(start.toLowerCase()));
    return completed(before, start, names, (choice) => choice);
  }
  const [, lead = '', emoji] = /^(.*(?:^|\s)):([+\-a-z0-9]+)$/is.exec(text) ?? [];
  if (emoji === undefined) return null;
  const names = emojiNames(emoji).map((each) => `:${each}`);
  return completed(lead, `:${emoji}`, names, emojiOf);
};
