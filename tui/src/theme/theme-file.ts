import { nearTo } from '../keys/near.ts';
import { ATTRIBUTES, COLOUR_NAMES, type Colour, type Style } from '../terminal/style.ts';
import { DEFAULT_THEME, THEME_NAMES, THEMES } from './built-in.ts';
import { ROLES, type Role } from './roles.ts';
import type { Theme } from './theme.ts';

/** All that is wrong, a sentence each; what is right counts all the same. */
export interface ReadTheme {
  readonly theme: Theme;
  readonly problems: readonly string[];
}

/** Sentences about one theme at most, more than there are roles: a file of something else has thousands of mistakes. */
export const PROBLEMS_MAX = 50;

/** What a person may set: a picture has to stay one. */
const SETTABLE: readonly Role[] = ROLES.filter((role) => role !== 'picture');

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isHex = (text: string): text is `#${string}` => /^#[0-9a-f]{6}$/i.test(text);

const colourOf = (value: unknown): Colour | null => {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 && value <= 255 ? value : null;
  if (typeof value !== 'string') return null;
  return isHex(value) ? value : (COLOUR_NAMES.find((name) => name === value) ?? null);
};

const quoted = (value: unknown): string => JSON.stringify(value)?.slice(0, 40) ?? 'nothing';

/** What stands behind the colon: the name that was meant, or what a colour is. */
const colourAdvice = (value: unknown): string => {
  const [near] = typeof value === 'string' ? nearTo(value, COLOUR_NAMES) : [];
  return near === undefined
    ? 'a colour is #rrggbb, 0 to 255, or a name such as "bright-red".'
    : `did you mean ${JSON.stringify(near)}?`;
};

/** For a name that does not exist; with none that is near it is said in the docs what there is. */
const meant = (name: string, names: readonly string[]): string => {
  const [near] = nearTo(name, names);
  return near === undefined ? '.' : `: did you mean ${JSON.stringify(near)}?`;
};

const styleOf = (role: string, value: unknown, problems: string[]): Style => {
  if (!isRecord(value)) {
    const colour = colourOf(value);
    if (colour !== null) return { colour };
    problems.push(`${role} is ${quoted(value)}: ${colourAdvice(value)}`);
    return {};
  }
  const style: { -readonly [part in keyof Style]: Style[part] } = {};
  for (const [part, given] of Object.entries(value)) {
    const attribute = ATTRIBUTES.find((name) => name === part);
    const colour = colourOf(given);
    if (attribute !== undefined && typeof given === 'boolean') style[attribute] = given;
    else if (attribute !== undefined)
      problems.push(`${role}.${part} is ${quoted(given)}: it must be true or false.`);
    else if (part !== 'colour' && part !== 'background')
      problems.push(
        `${role} has no part ${quoted(part)}: there are colour, background, ${ATTRIBUTES.join(', ')}.`,
      );
    else if (colour === null) problems.push(`${role}.${part} is ${quoted(given)}: ${colourAdvice(given)}`);
    else style[part] = colour;
  }
  return style;
};

/**
 * A theme out of a file: `{ "based-on": "light", "own": "#0550ae", "selection": { "reverse": true } }`. Roles that it does not
 * name, and whatever is wrong in it, are as in the theme that it is based on.
 */
export const themeOf = (value: unknown): ReadTheme => {
  if (!isRecord(value))
    return { theme: THEMES[DEFAULT_THEME], problems: ['a theme is an object of roles, in braces.'] };
  const { 'based-on': base, ...given } = value;
  const problems: string[] = [];
  const basedOn = base === undefined ? DEFAULT_THEME : THEME_NAMES.find((name) => name === base);
  if (basedOn === undefined)
    problems.push(`based-on is ${quoted(base)}: there are ${THEME_NAMES.join(', ')}.`);
  const theme: Record<Role, Style> = { ...THEMES[basedOn ?? DEFAULT_THEME] };
  for (const [name, style] of Object.entries(given)) {
    const role = SETTABLE.find((each) => each === name);
    if (role === undefined) problems.push(`there is no role ${quoted(name)}${meant(name, SETTABLE)}`);
    else {
      const before = problems.length;
      const read = styleOf(role, style, problems);
      if (problems.length === before) theme[role] = read;
    }
  }
  const more = problems.length - PROBLEMS_MAX;
  const shown = more > 0 ? [...problems.slice(0, PROBLEMS_MAX), `${more} more mistakes.`] : problems;
  return { theme, problems: shown };
};
