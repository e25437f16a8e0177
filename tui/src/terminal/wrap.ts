import { type Cluster, clusters } from './width.ts';

interface Word {
  parts: Cluster[];
  width: number;
  blank: boolean;
}

const words = (line: string): Word[] => {
  const found: Word[] = [];
  for (const cluster of clusters(line)) {
    const blank = cluster.text === ' ';
    const last = found.at(-1);
    if (last && last.blank === blank) {
      last.parts.push(cluster);
      last.width += cluster.width;
    } else found.push({ parts: [cluster], width: cluster.width, blank });
  }
  return found;
};

const wrapLine = (line: string, cells: number, first: number): string[] => {
  const rows: string[] = [];
  let row = '';
  let used = 0;
  let room = first;
  const close = () => {
    rows.push(row.trimEnd());
    row = '';
    used = 0;
    room = cells;
  };
  for (const word of words(line)) {
    if (word.blank && used + word.width > room) {
      // Spaces at which a line breaks are not carried over.
      close();
      continue;
    }
    if (used > 0 && used + word.width > room && word.width <= cells) close();
    for (const part of word.parts) {
      if (used > 0 && used + part.width > room) close();
      row += part.text;
      used += part.width;
    }
  }
  if (used > 0 || rows.length === 0) close();
  return rows;
};

/**
 * Sanitised text as rows of at most `cells` cells (at least 2): broken at spaces, inside a word only where the word alone
 * is wider than a row; newlines are kept. `first`: the cells of the first row, when those are fewer.
 */
export const wrap = (text: string, cells: number, first = cells): string[] =>
  text
    .split('\n')
    .flatMap((line, index) => wrapLine(line, Math.max(2, cells), Math.max(2, index === 0 ? first : cells)));
