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

/** `:heart:` or `heart` -> ❤️; what is no name stays as it is. */
export const emojiOf = (typed: string): string => NAMES[typed.replace(/^:|:$/g, '').toLowerCase()] ?? typed;
