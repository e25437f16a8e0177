import { COLOUR_NAMES, type Colour, type ColourName, type Style } from '../terminal/style.ts';

/** Colours that a terminal has: none, 16, 256, or all. */
export type ColourDepth = 'none' | '16' | '256' | 'true';

/** Terminals with 16 colours say nothing, or are among these: the consoles of Linux and the BSDs. */
const MONOCHROME = /^(dumb|vt\d+|ansi-m|xterm-mono)/;

/**
 * What the environment says of it (https://no-color.org: NO_COLOR present and not empty). GNU screen hands COLORTERM on and
 * knows no true colour itself; tmux, which calls itself screen as well, does.
 */
export const colourDepthOf = (env: Readonly<Record<string, string | undefined>>): ColourDepth => {
  const { TERM: term = '', COLORTERM: colours = '' } = env;
  if ((env.NO_COLOR ?? '') !== '' || MONOCHROME.test(term)) return 'none';
  const isScreen = term.startsWith('screen') && env.TMUX === undefined;
  const says24Bit = /^(truecolor|24bit)$/i.test(colours) || env.WT_SESSION !== undefined;
  if (!isScreen && (says24Bit || term.endsWith('-direct'))) return 'true';
  return says24Bit || /256color|kitty|ghostty|alacritty|foot/.test(term) ? '256' : '16';
};

type Rgb = readonly [red: number, green: number, blue: number];

/** The levels of each part in the 6 x 6 x 6 cube of xterm's 256 colours, which stand behind the first 16. */
const LEVELS = [0, 95, 135, 175, 215, 255];
const CUBE = 16;
/** Behind the cube: 24 greys, each 10 lighter than the one before. */
const GREYS = 232;
const GREY_FIRST = 8;
const GREY_STEP = 10;

const rgbOf = (colour: number | `#${string}`): Rgb => {
  if (typeof colour === 'string') {
    const part = (at: number): number => Number.parseInt(colour.slice(at, at + 2), 16);
    return [part(1), part(3), part(5)];
  }
  if (colour >= GREYS) {
    const grey = GREY_FIRST + (colour - GREYS) * GREY_STEP;
    return [grey, grey, grey];
  }
  const place = colour - CUBE;
  const level = (step: number): number => LEVELS[Math.floor(place / step) % 6] ?? 0;
  return [level(36), level(6), level(1)];
};

const distance = (one: Rgb, other: Rgb): number =>
  one.reduce((sum, part, index) => sum + (part - (other[index] ?? 0)) ** 2, 0);

const CUBE_AND_GREYS = Array.from({ length: 256 - CUBE }, (_, index) => CUBE + index);

const nearestOf256 = (rgb: Rgb): number =>
  CUBE_AND_GREYS.reduce((best, each) =>
    distance(rgbOf(each), rgb) < distance(rgbOf(best), rgb) ? each : best,
  );

/** Between the strongest and the weakest part: below, a colour is taken for a grey. */
const GREYISH = 40;
/** Of the strongest part: from here on a colour is bright. */
const BRIGHT = 200;
const HUES: readonly ColourName[] = ['red', 'yellow', 'green', 'cyan', 'blue', 'magenta'];

/** By hue and not by distance: of a soft green the nearest of the 16 is a grey. */
const nearestOf16 = ([red, green, blue]: Rgb): ColourName => {
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  if (spread < GREYISH)
    return most < 64 ? 'black' : most < 160 ? 'grey' : most < 240 ? 'white' : 'bright-white';
  const sixths =
    most === red
      ? (green - blue) / spread + 6
      : most === green
        ? (blue - red) / spread + 2
        : (red - green) / spread + 4;
  const hue = HUES[Math.round(sixths) % 6] ?? 'white';
  return most < BRIGHT ? hue : (COLOUR_NAMES[COLOUR_NAMES.indexOf(hue) + 8] ?? hue);
};

/** The colour, or what comes nearest of those that the terminal has. */
export const reduceColour = (colour: Colour, depth: '16' | '256' | 'true'): Colour => {
  if (depth === 'true') return colour;
  if (typeof colour === 'number') {
    if (colour < CUBE) return COLOUR_NAMES[colour] ?? 'white';
    return depth === '256' ? colour : nearestOf16(rgbOf(colour));
  }
  if (!isHex(colour)) return colour;
  return depth === '256' ? nearestOf256(rgbOf(colour)) : nearestOf16(rgbOf(colour));
};

const isHex = (colour: string): colour is `#${string}` => colour.startsWith('#');
const isNamed = (colour: Colour): boolean => typeof colour === 'string' && !isHex(colour);

/**
 * A style as the terminal can show it. Among 16 colours no ground is calm enough, and without colours there is none:
 * what stands on a ground of its own is reversed then.
 */
export const reduceStyle = (style: Style, depth: ColourDepth): Style => {
  const { colour, background, ...attributes } = style;
  const keepsGround = background !== undefined && depth !== 'none' && (depth !== '16' || isNamed(background));
  const reversed = background !== undefined && !keepsGround;
  return {
    ...attributes,
    ...(colour !== undefined && depth !== 'none' && !reversed && { colour: reduceColour(colour, depth) }),
    ...(keepsGround && { background: reduceColour(background, depth) }),
    ...(reversed && { reverse: true }),
  };
};
