/** How well a name fits what was typed; the lower, the better. Null: not at all. */
export const rankOf = (name: string, typed: string): number | null => {
  const text = name.toLowerCase();
  const wanted = typed.toLowerCase();
  if (text.startsWith(wanted)) return 0;
  if (text.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(wanted))) return 1;
  if (text.includes(wanted)) return 2;
  let at = 0;
  for (const letter of text) if (letter === wanted[at]) at += 1;
  return at === wanted.length ? 3 : null;
};

/** Those that fit, the best first; among equals as they were. */
export const fitting = <T>(all: readonly T[], nameOf: (each: T) => string, typed: string): readonly T[] =>
  all
    .flatMap((each) => {
      const rank = rankOf(nameOf(each), typed);
      return rank === null ? [] : [{ each, rank }];
    })
    .sort((one, other) => one.rank - other.rank)
    .map(({ each }) => each);
