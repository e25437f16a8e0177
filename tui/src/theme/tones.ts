import type { Colour } from '../terminal/style.ts';
import { PICTURE, type Theme } from './theme.ts';

/** The few colours of a calm theme: everything on the screen is one of these, or plain text. */
export interface Tones {
  readonly faint: Colour;
  readonly frame: Colour;
  readonly own: Colour;
  readonly other: Colour;
  readonly good: Colour;
  readonly fresh: Colour;
  readonly careful: Colour;
  readonly bad: Colour;
  /** Grounds, which have to lie close to the terminal's own. */
  readonly bar: Colour;
  readonly selection: Colour;
  readonly code: Colour;
}

export const themeOfTones = (tones: Tones): Theme => {
  const { faint, frame, own, other, good, fresh, careful, bad, bar, selection, code } = tones;
  return {
    text: {},
    faint: { colour: faint },
    strong: { bold: true },
    frame: { colour: frame },
    bar: { background: bar },
    'bar-offline': { background: bar, colour: careful, bold: true },
    selection: { background: selection },
    time: { colour: faint },
    own: { colour: own, bold: true },
    other: { colour: other, bold: true },
    emote: { italic: true },
    queued: { colour: careful },
    sent: { colour: faint },
    delivered: { colour: good },
    read: { colour: fresh, bold: true },
    failed: { colour: bad, bold: true },
    quote: { colour: faint, italic: true },
    code: { colour: code },
    link: { colour: own, underline: true },
    reaction: { colour: faint },
    edited: { colour: faint },
    instead: { colour: faint, italic: true },
    remark: { colour: faint },
    missing: { colour: careful },
    day: { colour: faint },
    'unread-line': { colour: fresh, bold: true },
    below: { colour: careful, bold: true },
    preview: { colour: faint },
    online: { colour: good },
    typing: { colour: fresh },
    unread: { colour: fresh, bold: true },
    blocked: { colour: faint },
    legacy: { colour: careful },
    verified: { colour: good },
    changed: { colour: bad, bold: true },
    notice: { colour: fresh },
    warning: { colour: bad, bold: true },
    error: { colour: bad, bold: true },
    progress: { colour: careful },
    picture: PICTURE,
  };
};
