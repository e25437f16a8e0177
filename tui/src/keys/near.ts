/** Edits (insert, drop, replace) from one word to another. */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(one).entries()) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j += 1) {
      const replaced = (row[j] ?? 0) + (letter === other[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

/** Edits up to which a name counts as meant that begins alike: more, and any short name would be near. */
const NEAR = 2;
/** Characters of an unknown word that are compared and repeated. */
export const WORD_MAX = 20;

/** Those of the names that somebody may have meant who typed the word: by how it begins, or with few mistakes. */
export const nearTo = (typed: string, names: readonly string[]): readonly string[] => {
  const short = typed.slice(0, WORD_MAX);
  if (short === '') return [];
  return names.filter(
    (name) => name.startsWith(short) || (name[0] === short[0] && distance(short, name) <= NEAR),
  );
};
