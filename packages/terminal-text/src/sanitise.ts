/** Combining marks kept on one base: living scripts need at most 5 or 6; the rest is a stack that paints over other lines. */
export const MARKS_MAX = 8;

/** A tab is drawn as this many spaces: its real width depends on the column, which wrapping does not know. */
const TAB = '    ';

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Whole escape sequences, so that `ESC[31m` leaves no `[31m` behind. None can span another control: linear in time. */
const ESCAPE_SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)/g;

const LINE_BREAK = /\r\n|[\r\v\f\x85\u2028\u2029]/g;

/**
 * Everything invisible, with the exceptions caught first: the tags of a flag (Scotland), a joiner between two
 * pictures, a presentation selector after an emoji, a newline, and (for now) U+200C.
 */
const INVISIBLE =
  /(\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{2,6}\u{E007F}|(?<=\p{Extended_Pictographic}\uFE0F?\p{Emoji_Modifier}?)\u200D(?=\p{Extended_Pictographic})|(?<=\p{Emoji})[\uFE0E\uFE0F]|[\n\u200C])|[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Persian and others write U+200C between letters; anywhere else it only hides. */
const STRAY_NON_JOINER = /(?<!\p{L}\p{M}*)\u200C|\u200C(?!\p{L})/gu;
const MARK_STACK = new RegExp(`(\\p{M}{${MARKS_MAX}})\\p{M}+`, 'gu');
/** A mark without a base would join the cell before it, which belongs to another field. */
const BASELESS_MARK = /^(?=\p{M})/gmu;

/**
 * Text of others -> text that only draws: no control, escape, bidi control, invisible or lone surrogate remains.
 * Line breaks of all kinds become `\n` when `multiline`, otherwise a space; tabs become spaces.
 * Plain text and emoji pass unchanged. `sanitise(sanitise(t)) === sanitise(t)`.
 */
export const sanitise = (text: string, options: { multiline?: boolean } = {}): string => {
  if (PRINTABLE_ASCII.test(text)) return text;
  const visible = text
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .replace(ESCAPE_SEQUENCE, '')
    .replace(LINE_BREAK, '\n')
    .replaceAll('\t', TAB)
    .replace(INVISIBLE, '$1')
    .replace(STRAY_NON_JOINER, '')
    .replace(MARK_STACK, '$1')
    .replace(BASELESS_MARK, '\u25CC');
  return options.multiline === true ? visible : visible.replaceAll('\n', ' ');
};
