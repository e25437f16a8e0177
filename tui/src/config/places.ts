/** The line (from 1) of each key of a JSON text that is right, by its path: `keys.switch`. */
export const linesOfKeys = (text: string): ReadonlyMap<string, number> => {
  const lines = new Map<string, number>();
  /** The path of each object that is open; null for a list. */
  const open: (string | null)[] = [];
  let pending = '';
  let line = 1;
  let counted = 0;
  for (const token of text.matchAll(/"((?:[^"\\]|\\.)*)"(\s*:)?|[{}[\]]/g)) {
    line += text.slice(counted, token.index).split('\n').length - 1;
    counted = token.index;
    const [whole, name, colon] = token;
    if (whole === '{') open.push(pending);
    else if (whole === '[') open.push(null);
    else if (whole === '}' || whole === ']') open.pop();
    else if (colon !== undefined) {
      const parent = open.at(-1);
      pending = parent ? `${parent}.${name}` : `${name}`;
      lines.set(pending, line);
    }
  }
  return lines;
};

/** Where a text stops being JSON, in words, of what `JSON.parse` has to say of it. */
export const placeOfMistake = (text: string, message: string): string => {
  const [, position] = /position (\d+)/.exec(message) ?? [];
  const [, near] = /\.\.\."?([\s\S]+?)"?(?:\.\.\.)? is not valid JSON$/.exec(message) ?? [];
  const at = position !== undefined ? Number(position) : near === undefined ? -1 : text.indexOf(near);
  if (/end of JSON|Unterminated/.test(message) || at >= text.length) return 'its end';
  return at < 0 ? 'its start' : `line ${text.slice(0, at).split('\n').length}`;
};
