import type { IBufferCell, Terminal } from '@xterm/headless';

/** Pixels of a cell, of the letters in it, and around all of them. */
const CELL = { width: 8.4, height: 18 };
const FONT_SIZE = 14;
const MARGIN = 12;

const GROUND = '#16181d';
const TEXT = '#d7dae0';
/** The 16 colours that a terminal's owner may set: those of a dark one. */
const PALETTE = [
  ...['#16181d', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d7dae0'],
  ...['#7f848e', '#ff8b94', '#b5e890', '#ffd68a', '#82c4ff', '#e0a3f5', '#7fdbe6', '#ffffff'],
];
/** How much is left of a dim letter. */
const DIM = 0.6;

/** How cells look that are drawn together. */
interface Paint {
  readonly colour: string;
  readonly ground: string;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
}

/** Cells of one row that look the same. */
interface Run {
  readonly x: number;
  readonly text: string;
  readonly cells: number;
  readonly paint: Paint;
}

const hex = (value: number): string => value.toString(16).padStart(2, '0');

/** The colour of this number among the 256. */
export function paletteColour(number: number): string {
  const known = PALETTE[number];
  if (known !== undefined) return known;
  if (number >= 232) return `#${hex(8 + (number - 232) * 10).repeat(3)}`;
  const level = (step: number): string => hex(step === 0 ? 0 : 55 + step * 40);
  const at = number - 16;
  return `#${level(Math.floor(at / 36))}${level(Math.floor(at / 6) % 6)}${level(at % 6)}`;
}

function paintOf(cell: IBufferCell): Paint {
  const colour = cell.isFgRGB()
    ? `#${cell.getFgColor().toString(16).padStart(6, '0')}`
    : cell.isFgPalette()
      ? paletteColour(cell.getFgColor())
      : TEXT;
  const ground = cell.isBgRGB()
    ? `#${cell.getBgColor().toString(16).padStart(6, '0')}`
    : cell.isBgPalette()
      ? paletteColour(cell.getBgColor())
      : GROUND;
  const inverse = cell.isInverse() !== 0;
  return {
    colour: inverse ? ground : colour,
    ground: inverse ? colour : ground,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    italic: cell.isItalic() !== 0,
    underline: cell.isUnderline() !== 0,
  };
}

const isSame = (one: Paint, other: Paint): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The row in runs; a wide character is one of its own, so that what follows stands in its column. */
function runsOf(terminal: Terminal, row: number): Run[] {
  const line = terminal.buffer.active.getLine(terminal.buffer.active.baseY + row);
  const runs: Run[] = [];
  for (let x = 0; x < terminal.cols; x += 1) {
    const cell = line?.getCell(x);
    const cells = cell?.getWidth() ?? 1;
    if (!cell || cells === 0) continue;
    const paint = paintOf(cell);
    const text = cell.getChars() || ' ';
    const last = runs.at(-1);
    const joins = last && cells === 1 && last.cells === last.text.length && isSame(last.paint, paint);
    if (joins) runs[runs.length - 1] = { ...last, text: last.text + text, cells: last.cells + 1 };
    else runs.push({ x, text, cells, paint });
  }
  return runs;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const round = (value: number): string => String(Math.round(value * 10) / 10);

function drawn({ x, text, cells, paint }: Run, row: number): string {
  const left = round(MARGIN + x * CELL.width);
  const top = MARGIN + row * CELL.height;
  const width = round(cells * CELL.width);
  const ground =
    paint.ground === GROUND
      ? ''
      : `<rect x="${left}" y="${round(top)}" width="${width}" height="${CELL.height}" fill="${paint.ground}"/>`;
  const shown = text.trim();
  if (shown === '') return ground;
  // Blanks at the ends are stretched by some viewers, and left out by others.
  const lead = text.length - text.trimStart().length;
  const begin = round(MARGIN + (x + lead) * CELL.width);
  const span = round((cells - (text.length - shown.length)) * CELL.width);
  const looks = [
    ` fill="${paint.colour}"`,
    paint.bold ? ' font-weight="bold"' : '',
    paint.italic ? ' font-style="italic"' : '',
    paint.underline ? ' text-decoration="underline"' : '',
    paint.dim ? ` opacity="${DIM}"` : '',
  ].join('');
  const base = round(top + CELL.height * 0.75);
  return `${ground}<text x="${begin}" y="${base}" textLength="${span}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"${looks}>${escaped(shown)}</text>`;
}

/** The terminal's screen as a picture: `title` says what it shows, for who cannot see it. */
export function screenSvg(terminal: Terminal, title: string): string {
  const width = round(terminal.cols * CELL.width + 2 * MARGIN);
  const height = round(terminal.rows * CELL.height + 2 * MARGIN);
  const rows = Array.from({ length: terminal.rows }, (_, row) =>
    runsOf(terminal, row)
      .map((run) => drawn(run, row))
      .join(''),
  ).filter((row) => row !== '');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT_SIZE}">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="${GROUND}"/>
${rows.join('\n')}
</svg>
`;
}
