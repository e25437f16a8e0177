/** The 16 colours that every terminal has, in the order of their numbers. */
export const COLOURS = [
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
export type Colour = (typeof COLOURS)[number];

export interface Style {
  readonly colour?: Colour;
  /** Sets both colours also where colours are not wanted: only a picture has one, and is none without it. */
  readonly background?: Colour;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly underline?: boolean;
  readonly reverse?: boolean;
}

export const PLAIN: Style = {};

const numberOf = (colour: Colour): number => {
  const index = COLOURS.indexOf(colour);
  return index < 8 ? 30 + index : 90 + index - 8;
};

/** The control sequence that sets exactly this style, whatever was set before. Without colour the rest still counts. */
export const styleSequence = (style: Style, colour: boolean): string => {
  const codes = [0];
  if (style.bold === true) codes.push(1);
  if (style.dim === true) codes.push(2);
  if (style.underline === true) codes.push(4);
  if (style.reverse === true) codes.push(7);
  const { colour: text, background } = style;
  if (text !== undefined && (colour || background !== undefined)) codes.push(numberOf(text));
  if (background !== undefined) codes.push(numberOf(background) + 10);
  return `\x1b[${codes.join(';')}m`;
};
