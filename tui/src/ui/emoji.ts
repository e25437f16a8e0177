/** Names of emoji that are easier typed than found. */
const NAMES: Readonly<Record<string, string>> = {
  '+1': '👍',
  '-1': '👎',
  heart: '❤️',
  smile: '😄',
  laugh: '😂',
  wow: '😮',
  sad: '😢',
  angry: '😠',
  party: '🎉',
  tada: '🎉',
  joy: '😂',
  fire: '🔥',
  eyes: '👀',
  ok: '👌',
  pray: '🙏',
  clap: '👏',
  think: '🤔',
  check: '✅',
  cross: '❌',
  rocket: '🚀',
  wave: '👋',
  coffee: '☕',
};

/** Does it look like a name, without being one? */
export const isUnknownName = (typed: string): boolean => /^:[^:]+:?$/.test(typed) && emojiOf(typed) === typed;

/** Names that begin so, without colons. */
export const emojiNames = (start: string): string[] =>
  Object.keys(NAMES).filter((name) => name.startsWith(start.toLowerCase()));

/** Code, or a name that stands alone as a word. */
const CODE_OR_NAME = /(?:```.*?(?:```|$)|`[^`\n]*`)|(?<![^\s(]):[+\-a-z0-9]+:(?![^\s.,;!?)])/gis;

/** A text with its `:heart:` as ❤️, but for what stands in backticks. */
export const withEmoji = (text: string): string =>
  text.replace(CODE_OR_NAME, (found) => (found.startsWith('`') ? found : emojiOf(found)));

/** `:heart:` or `heart` -> ❤️; what is no name stays as it is. */
export const emojiOf = (typed: string): string => NAMES[typed.replace(/^:|:$/g, '').toLowerCase()] ?? typed;
