import { readFileSync } from 'node:fs';
import { DEFAULT_THEME, THEME_NAMES, THEMES } from '../theme/built-in.ts';
import { type ReadTheme, themeOf } from '../theme/theme-file.ts';

/** Bytes of a theme's file: some hundred times what all roles take. */
const FILE_MAX = 1_000_000;

export interface ChosenTheme extends ReadTheme {
  /** Or its file; that of the usual one where nothing in the file counts. */
  readonly name: string;
}

/** The theme of this name, or in this file. Never throws: what is wrong with it is said, and the usual one counts. */
export function chosenTheme(nameOrFile: string | null, resolvePath: (path: string) => string): ChosenTheme {
  const name = nameOrFile ?? DEFAULT_THEME;
  const known = THEME_NAMES.find((each) => each === name);
  if (known !== undefined) return { theme: THEMES[known], name, problems: [] };
  const read = fromFile(resolvePath(name));
  const counts = read.theme !== THEMES[DEFAULT_THEME];
  return {
    theme: read.theme,
    name: counts ? name : DEFAULT_THEME,
    problems: read.problems.map((problem) => `Theme ${name}: ${problem}`),
  };
}

function fromFile(file: string): ReadTheme {
  const usual = THEMES[DEFAULT_THEME];
  try {
    const text = readFileSync(file, 'utf8');
    if (text.length > FILE_MAX) return { theme: usual, problems: ['the file is too long for a theme.'] };
    return themeOf(JSON.parse(text));
  } catch (error) {
    const why = error instanceof SyntaxError ? `it is no JSON: ${error.message}.` : whyUnread(error);
    return { theme: usual, problems: [why] };
  }
}

const whyUnread = (error: unknown): string =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'
    ? `there is no such file, and the themes are ${THEME_NAMES.join(', ')}.`
    : `it cannot be read: ${error instanceof Error ? error.message : String(error)}.`;
