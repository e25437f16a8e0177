import { type Style, styleSequence } from '../terminal/style.ts';
import { DEFAULT_THEME, THEMES } from './built-in.ts';
import { type ColourDepth, colourDepthOf, reduceStyle } from './colour-depth.ts';
import { type Characters, charactersOf, writtenFor } from './glyphs.ts';
import { type Look, ROLES, type Role } from './roles.ts';
import type { Theme } from './theme.ts';

/** A theme on one terminal: roles and clusters to what is written there. */
export interface Skin {
  /** The control sequence that sets exactly this look, whatever was set before. */
  sequence(look: Look): string;
  /** A cluster of so many cells, in as many. */
  text(cluster: string, cells: 1 | 2): string;
}

export interface SkinOptions {
  readonly theme: Theme;
  readonly depth: ColourDepth;
  readonly characters: Characters;
}

const isRole = (name: string): name is Role => ROLES.some((role) => role === name);

/** The ground of all: one that is no colour of the terminal's is left away, not reversed as another role's is. */
const groundOf = ({ text }: Theme, depth: ColourDepth): Style => {
  const { reverse, ...ground } = reduceStyle(text, depth);
  return text.reverse === true ? { ...ground, reverse: true } : ground;
};

export const createSkin = ({ theme, depth, characters }: SkinOptions): Skin => {
  const ground = groundOf(theme, depth);
  const sequences = new Map<Look, string>();
  const styleOf = (role: Role): Style => {
    if (role === 'text') return {};
    // A picture is none without its two colours.
    return reduceStyle(theme[role], role === 'picture' && depth === 'none' ? '16' : depth);
  };
  const make = (look: Look): string =>
    styleSequence(Object.assign({}, ground, ...look.split(' ').filter(isRole).map(styleOf)));
  return {
    sequence: (look) => {
      const known = sequences.get(look);
      if (known !== undefined) return known;
      const made = make(look);
      sequences.set(look, made);
      return made;
    },
    text: (cluster, cells) => writtenFor(cluster, cells, characters),
  };
};

/** The skin of the terminal that the environment tells of; `ascii`: without glyphs. */
export const skinOf = (
  env: Readonly<Record<string, string | undefined>>,
  { theme = THEMES[DEFAULT_THEME], ascii = false }: { theme?: Theme; ascii?: boolean } = {},
): Skin => createSkin({ theme, depth: colourDepthOf(env), characters: charactersOf(env, ascii) });
