import { PassThrough } from 'node:stream';
import createProgram from 'neo-blessed/lib/program.js';
import type { Grid } from './cells.ts';
import type { KeyEvent } from './key-events.ts';
import { createKeyDecoder, type StartTimer } from './keys.ts';
import { paint } from './painter.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Position {
  readonly x: number;
  readonly y: number;
}

export interface TerminalInput extends NodeJS.ReadableStream {
  setRawMode?(raw: boolean): unknown;
}

export interface TerminalOutput extends NodeJS.WritableStream {
  readonly columns?: number;
  readonly rows?: number;
}

export interface TerminalOptions {
  input: TerminalInput;
  output: TerminalOutput;
  env: Readonly<Record<string, string | undefined>>;
  startTimer?: StartTimer;
}

/** A full-screen terminal. Every `on...` returns what ends the subscription. */
export interface Terminal {
  size(): Size;
  onKey(listener: (event: KeyEvent) => void): () => void;
  onResize(listener: () => void): () => void;
  /** The other end is gone: nobody reads, nobody types. Said once. */
  onHangUp(listener: () => void): () => void;
  /** Shows the grid, and the cursor at a place or (null) nowhere. */
  draw(grid: Grid, cursor: Position | null): void;
  /** What is on the screen is not known any more: the next `draw` paints all of it. */
  forget(): void;
  /** Gives the terminal back as it was found. Synchronous, idempotent, never throws: fit for every handler of an exit. */
  restore(): void;
  /** Takes the terminal again after `restore` (not after `close`), and asks for a redraw through `onResize`. */
  resume(): void;
  /** `restore`, and lets go of input and output for good. Idempotent. */
  close(): void;
}

/** A terminal that does not say its size. */
const USUAL_SIZE: Size = { width: 80, height: 24 };
/** Cells of a side that are drawn at most: a window that says 65,535 costs memory, and shows nothing more. */
const SIDE_MAX = 1000;

// Bracketed paste; no wrapping at the right edge, so that a cluster wider than we think cannot scroll the screen.
const ENTER = '\x1b[?2004h\x1b[?7l\x1b[0m\x1b[2J';
const LEAVE = '\x1b[0m\x1b[?2004l\x1b[?7h';
const CLEAR = '\x1b[2J\x1b[H';

/**
 * neo-blessed's reader of terminfo prints its failures on the screen for newer databases. Of the terminals without the
 * sequences of xterm that we use, only these matter.
 */
const driverTerm = (term: string): string => (/^(linux|vt\d+|ansi|cons25|sun)/.test(term) ? term : 'xterm');

const side = (cells: number, usual: number): number => (cells > 0 ? Math.min(cells, SIDE_MAX) : usual);

/** Subscribers of one kind of event. */
const createListeners = <T>() => {
  const listeners = new Set<(event: T) => void>();
  return {
    add: (listener: (event: T) => void) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    tell: (event: T) => {
      for (const listener of listeners) listener(event);
    },
  };
};

/**
 * Takes the terminal: alternate screen, raw mode, bracketed paste. neo-blessed's program is the driver (terminfo, screens,
 * cursor, size); keys, cells and painting are ours, because its own let C1 controls pass, miscount the width of emoji
 * and know no paste.
 */
export const createTerminal = (options: TerminalOptions): Terminal => {
  const { input, output, env } = options;
  // The program gets an input that never says anything: it would decode the keys a second time.
  const silence = new PassThrough();
  const program = createProgram({ input: silence, output, term: driverTerm(env.TERM ?? 'xterm') });
  // https://no-color.org: present and not empty, whatever its value.
  const colour = (env.NO_COLOR ?? '') === '';
  const keys = createListeners<KeyEvent>();
  const resizes = createListeners<void>();
  const hangUps = createListeners<void>();
  const decoder = createKeyDecoder(keys.tell, options.startTimer);
  let shown: Grid | null = null;
  let taken = false;
  let closed = false;
  let gone = false;

  const size = (): Size => ({
    width: side(program.cols, USUAL_SIZE.width),
    height: side(program.rows, USUAL_SIZE.height),
  });

  const hangUp = (): void => {
    if (gone || closed) return;
    gone = true;
    hangUps.tell();
  };
  /** A terminal that has hung up answers every call with an error (EIO): that is an event, and no crash. */
  const attempt = (act: () => void): void => {
    if (gone) return;
    try {
      act();
    } catch {
      hangUp();
    }
  };

  const onData = (chunk: string | Uint8Array): void => {
    decoder.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  };
  const onResize = (): void => {
    shown = null;
    resizes.tell();
  };

  const take = (): void => {
    if (taken || closed) return;
    taken = true;
    shown = null;
    attempt(() => {
      program.alternateBuffer();
      program.hideCursor();
      program.write(ENTER);
      input.setRawMode?.(true);
    });
    input.resume();
  };

  const restore = (): void => {
    if (!taken) return;
    taken = false;
    // Each by itself: raw mode has to end even where nothing can be written any more.
    for (const act of [
      () => program.write(LEAVE),
      () => program.showCursor(),
      () => (program.has('smcup') ? program.normalBuffer() : program.write(CLEAR)),
      () => input.setRawMode?.(false),
    ]) {
      try {
        act();
      } catch {
        // The terminal is gone: there is nothing to give back.
      }
    }
  };

  input.on('data', onData);
  for (const event of ['end', 'close', 'error']) input.on(event, hangUp);
  for (const event of ['close', 'error']) output.on(event, hangUp);
  program.on('resize', onResize);
  take();

  return {
    size,
    onKey: keys.add,
    onResize: resizes.add,
    onHangUp: hangUps.add,
    draw: (grid, cursor) => {
      if (!taken) return;
      const changes = paint(shown, grid, { colour });
      shown = grid;
      attempt(() => {
        if (changes !== '') {
          program.hideCursor();
          program.write(changes);
        }
        if (cursor) {
          program.write(`\x1b[${cursor.y + 1};${cursor.x + 1}H`);
          program.showCursor();
        } else program.hideCursor();
      });
    },
    forget: () => {
      shown = null;
    },
    restore,
    resume: () => {
      take();
      onResize();
    },
    close: () => {
      if (closed) return;
      restore();
      closed = true;
      decoder.close();
      input.off('data', onData);
      for (const event of ['end', 'close']) input.off(event, hangUp);
      output.off('close', hangUp);
      // The 'error' listeners stay: an EIO may still come, and without a listener it would be a crash.
      program.off('resize', onResize);
      program.destroy();
      input.pause();
    },
  };
};
