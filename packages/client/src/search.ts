import { setImmediate as nextTurn } from 'node:timers/promises';
import type { History, StoredMessage } from './profile/history.ts';

/** Messages read between two turns of the event loop: a millisecond, and little enough that no garbage gets old. */
const SLICE = 100;
/** Messages that one search finds. */
export const FOUND_MAX = 200;

/**
 * Finds texts in all of the history. The index is in memory alone, made at the first search: nothing on the disk shows which
 * words were written.
 */
export interface Search {
  /**
   * Messages that have each of the words, however it is written (`Grüße`, `grusse`, `GRUSS`), the newest first: `FOUND_MAX`
   * at most, of all contacts or of one.
   */
  find(words: string, contact: number | null): Promise<StoredMessage[]>;
  /** New, or changed. */
  update(messages: readonly StoredMessage[]): void;
  /** Some of the contact's are gone. */
  forget(contact: number): void;
}

export function createSearch(history: History): Search {
  /** By contact: texts by the ids of their messages, folded. Null before the first search. */
  let index: Map<number, Map<number, string>> | null = null;
  let building: Promise<void> | null = null;

  function put({ id, contact, text, state }: StoredMessage): void {
    if (!index || state === 'hidden') return;
    const texts = index.get(contact) ?? new Map<number, string>();
    index.set(contact, texts);
    if (text === '') texts.delete(id);
    else texts.set(id, fold(text));
  }

  async function build(): Promise<void> {
    index = new Map();
    for (let next = 0, full = true; full; ) {
      const slice = history.from(next, SLICE);
      slice.forEach(put);
      next = (slice.at(-1)?.id ?? 0) + 1;
      full = slice.length === SLICE;
      if (full) await nextTurn();
    }
  }

  /** Ids, the newest first. */
  function match(words: readonly string[], contact: number | null): number[] {
    const all =
      contact === null ? [...(index?.values() ?? [])] : [index?.get(contact) ?? new Map<number, string>()];
    const found = all.flatMap((texts) =>
      [...texts].flatMap(([id, text]) => (words.every((word) => text.includes(word)) ? [id] : [])),
    );
    return found.sort((one, other) => other - one).slice(0, FOUND_MAX);
  }

  return {
    async find(text, contact) {
      const words = fold(text).split(/\s+/u).filter(Boolean);
      if (words.length === 0) return [];
      building ??= build();
      await building;
      return match(words, contact).map(history.get);
    },
    update(messages) {
      messages.forEach(put);
    },
    forget(contact) {
      if (!index) return;
      // Which of them are gone is found by a look at what is left.
      const texts = index.get(contact);
      if (!texts) return;
      const left = new Set(history.ids(contact));
      for (const id of texts.keys()) if (!left.has(id)) texts.delete(id);
    },
  };
}

/** Without case, marks and width. */
const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss');
