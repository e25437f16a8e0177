import type { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import headless from '@xterm/headless';
import { createGrid, type Grid, gridLines } from '../src/terminal/cells.ts';
import { createTerminal, type Position, type Terminal } from '../src/terminal/terminal.ts';

/** A pattern in which `ESC` is the control character. */
export const escapes = (source: string, flags = ''): RegExp =>
  new RegExp(source.replaceAll('ESC', '\x1b'), flags);

/** What `restore` writes, in its order: no paste mode, the cursor, the main screen. */
export const RESTORED = escapes(String.raw`ESC\[\?2004l.*ESC\[\?25h.*ESC\[\?1049l`, 's');

/** Draws with a view function on an empty grid; the rows, and the cursor. */
export const drawn = (
  width: number,
  height: number,
  draw: (grid: Grid) => Position | null,
): { lines: string[]; cursor: Position | null; grid: Grid } => {
  const grid = createGrid(width, height);
  const cursor = draw(grid);
  return { lines: gridLines(grid), cursor, grid };
};

/** A drawing in a test: without the first and last line, which hold the quotes. */
export const drawing = (text: string): string[] => text.split('\n').slice(1, -1);

/** A real terminal emulator that is fed bytes. */
export const createEmulator = (width: number, height: number) => {
  const emulator = new headless.Terminal({ cols: width, rows: height, allowProposedApi: true });
  return {
    emulator,
    feed: (bytes: string) => new Promise<void>((resolve) => emulator.write(bytes, resolve)),
    lines: () =>
      Array.from(
        { length: height },
        (_, y) => emulator.buffer.active.getLine(y)?.translateToString(true).trimEnd() ?? '',
      ),
  };
};

export interface FakeTty {
  terminal: Terminal;
  /** What was written since the start. */
  written(): string;
  /** Was the input put in raw mode (true) and back (false), in this order? */
  raw: boolean[];
  type(bytes: string): void;
  resize(width: number, height: number): void;
  input: PassThrough;
  output: EventEmitter;
}

/** A terminal over streams in memory. */
export const createFakeTty = (
  options: { width?: number; height?: number; env?: Record<string, string> } = {},
): FakeTty => {
  let written = '';
  const raw: boolean[] = [];
  const input = Object.assign(new PassThrough(), { setRawMode: (on: boolean) => raw.push(on) });
  const output = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: options.width ?? 80,
    rows: options.height ?? 24,
  });
  output.on('data', (chunk: Buffer) => {
    written += chunk.toString();
  });
  const terminal = createTerminal({ input, output, env: options.env ?? { TERM: 'xterm-256color' } });
  return {
    terminal,
    written: () => written,
    raw,
    type: (bytes) => input.emit('data', Buffer.from(bytes)),
    resize: (width, height) => {
      output.columns = width;
      output.rows = height;
      output.emit('resize');
    },
    input,
    output,
  };
};
