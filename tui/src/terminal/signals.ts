import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { truncate } from './width.ts';

/** What a terminal is told beside what it shows: the title of its window, and that there is news. */

/** How news is told: by a desktop notice (iTerm2's OSC 9, urxvt's OSC 777), or by the bell. */
export type NewsSignal = 'osc9' | 'osc777' | 'bell';

/** Cells of a title or a notice: more is cut off by every desktop. */
const TEXT_MAX = 100;

/** A text of one line without any control, and so without the end of the sequence that it stands in. */
const plain = (text: string): string => truncate(sanitise(text), TEXT_MAX);

/** Sets the title of the window (OSC 2). */
export const titleSequence = (title: string): string => `\x1b]2;${plain(title)}\x07`;

/** xterm's stack of titles: what stood there before is put aside, and comes back. */
export const KEEP_TITLE = '\x1b[22;2t';
export const RETURN_TITLE = '\x1b[23;2t';

/** tmux passes on what is wrapped so, where `allow-passthrough` is on, and drops everything else. */
const throughTmux = (sequence: string): string =>
  `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`;

/** Tells of news: `title` is who, `text` what. In OSC 777 a semicolon ends a field. */
export const newsSequence = (signal: NewsSignal, title: string, text: string, inTmux: boolean): string => {
  if (signal === 'bell') return '\x07';
  const sequence =
    signal === 'osc9'
      ? `\x1b]9;${plain(`${title}: ${text}`)}\x07`
      : `\x1b]777;notify;${plain(title).replaceAll(';', ',')};${plain(text).replaceAll(';', ',')}\x07`;
  return inTmux ? throughTmux(sequence) : sequence;
};
