import { EMPTY_LINE, type Line, lineOf } from './line-editor.ts';

/** What is typed and not sent. */
export interface Drafts {
  /** Submitted while no contact was picked: it goes along to the first one that is. */
  keepForFirst(line: Line): void;
  /** The line to go on with at another contact; `line` is the one that is left, `kept` what was kept of the other one before. */
  switchTo(contact: string | null, from: string | null, line: Line, kept: Line): Line;
}

/** Two texts as one, the second on a line of its own. */
const joined = (first: Line, second: Line): Line =>
  first.text === '' ? second : second.text === '' ? first : lineOf(`${first.text}\n${second.text}`);

export const createDrafts = (): Drafts => {
  const byContact = new Map<string, Line>();
  let forFirst = EMPTY_LINE;
  return {
    keepForFirst: (line) => {
      forFirst = joined(forFirst, line);
    },
    switchTo: (contact, from, line, kept) => {
      if (from === null) {
        const written = joined(forFirst, line);
        forFirst = EMPTY_LINE;
        return joined(kept, written);
      }
      byContact.set(from, line);
      return byContact.get(contact ?? '') ?? kept;
    },
  };
};
