import { EMPTY_LINE, type Line, lineOf } from './line-editor.ts';
import type { Composing, Draft } from './state.ts';

/** A line that is not sent, and what it will be. */
export interface Written {
  readonly line: Line;
  readonly of: Composing | null;
}

export const writtenOf = ({ text, of }: Draft): Written => ({ line: lineOf(text), of });

/** What is typed and not sent. */
export interface Drafts {
  /** Submitted while no contact was picked: it goes along to the first one that is. */
  keepForFirst(line: Line): void;
  /** What to go on with at another contact; `left` is what stands there, `kept` what was kept of the other one before. */
  switchTo(contact: string | null, from: string | null, left: Written, kept: Written): Written;
}

/** Two texts as one, the second on a line of its own. */
const joined = (first: Line, second: Line): Line =>
  first.text === '' ? second : second.text === '' ? first : lineOf(`${first.text}\n${second.text}`);

export const createDrafts = (): Drafts => {
  const byContact = new Map<string, Written>();
  let forFirst = EMPTY_LINE;
  return {
    keepForFirst: (line) => {
      forFirst = joined(forFirst, line);
    },
    switchTo: (contact, from, left, kept) => {
      if (from === null) {
        const written = joined(forFirst, left.line);
        forFirst = EMPTY_LINE;
        return { line: joined(kept.line, written), of: kept.of };
      }
      byContact.set(from, left);
      return byContact.get(contact ?? '') ?? kept;
    },
  };
};
