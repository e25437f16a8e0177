/**
 * What the screen is made of beside letters, each of one cell, and what stands for it where there is only ASCII. No two that say
 * different things of one place have the same: states of messages, presence, marks of contacts.
 */
export const GLYPHS: ReadonlyMap<string, string> = new Map([
  ['│', '|'],
  ['─', '-'],
  ['✓', '+'],
  ['✗', 'x'],
  ['…', '.'],
  ['●', '*'],
  ['○', 'o'],
  ['◌', '?'],
  ['⊘', '/'],
  ['★', '^'],
  ['▸', '>'],
  ['▼', 'v'],
  ['↪', '>'],
  ['↑', '^'],
  ['↓', 'v'],
  ['⏱', 't'],
  ['⏎', '$'],
  ['•', '*'],
  ['·', '-'],
  ['—', '-'],
  ['“', '"'],
  ['”', '"'],
  ['’', "'"],
]);

/**
 * What may be written to the terminal: everything; everything but our own glyphs, which its font lacks; or ASCII alone, since it
 * reads the bytes as something else than UTF-8.
 */
export type Characters = 'all' | 'plain-glyphs' | 'ascii';

/** What the environment says; `asked`: the person wants no glyphs. */
export const charactersOf = (
  env: Readonly<Record<string, string | undefined>>,
  asked: boolean,
): Characters => {
  // The first of these that is set and not empty counts (POSIX). None of them: a container, mostly, seen through UTF-8.
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => (value ?? '') !== '');
  if (locale !== undefined && !/utf-?8/i.test(locale)) return 'ascii';
  return asked || env.TERM === 'linux' ? 'plain-glyphs' : 'all';
};

/** What is not ASCII, and no glyph of ours, where there is nothing but ASCII. */
const UNKNOWN = '?';

/** What is written for a cluster, in as many cells. */
export const writtenFor = (cluster: string, cells: number, characters: Characters): string => {
  if (characters === 'all') return cluster;
  const plain = GLYPHS.get(cluster);
  if (plain !== undefined) return plain;
  return characters === 'ascii' && !/^[\x20-\x7e]*$/.test(cluster) ? UNKNOWN.repeat(cells) : cluster;
};
