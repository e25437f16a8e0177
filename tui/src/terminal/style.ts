/** The 16 colours that every terminal has, in the order of their numbers. */
export const COLOUR_NAMES = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'grey',
  'bright-red',
  'bright-green',
  'bright-yellow',
  'bright-blue',
  'bright-magenta',
  'bright-cyan',
  'bright-white',
] as const;
export type ColourName = (typeof COLOUR_NAMES)[number];

/** One of the 16 by name, which the terminal's owner may have set; of the 256 by number; or `#rrggbb`. */
export type Colour = ColourName | number | `#${string}`;

export const ATTRIBUTES = ['bold', 'dim', 'italic', 'underline', 'reverse'] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

export type Style = { readonly colour?: Colour; readonly background?: Colour } & {
  readonly [attribute in Attribute]?: boolean;
};

const SGR: Readonly<Record<Attribute, number>> = { bold: 1, dim: 2, italic: 3, underline: 4, reverse: 7 };

/** From the number of a text colour to that of the same background. */
const TO_BACKGROUND = 10;

const codesOf = (colour: Colour, ground: boolean): number[] => {
  const base = ground ? TO_BACKGROUND : 0;
  if (typeof colour === 'number') return [38 + base, 5, colour];
  if (!colour.startsWith('#')) {
    const index = COLOUR_NAMES.findIndex((name) => name === colour);
    return [(index < 8 ? 30 + index : 82 + index) + base];
  }
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return [38 + base, 2, red, green, blue];
};

/** The control sequence that sets exactly this style, whatever was set before. */
export const styleSequence = (style: Style): string => {
  const codes = [0, ...ATTRIBUTES.filter((name) => style[name] === true).map((name) => SGR[name])];
  if (style.colour !== undefined) codes.push(...codesOf(style.colour, false));
  if (style.background !== undefined) codes.push(...codesOf(style.background, true));
  return `\x1b[${codes.join(';')}m`;
};
