import { PassThrough } from 'node:stream';
import createProgram from 'neo-blessed/lib/program.js';
import { type Skin, skinOf } from '../theme/skin.ts';
import type { Grid } from './cells.ts';
import type { KeyEvent } from './key-events.ts';
import { createKeyDecoder, type StartTimer, type TerminalEvent } from './keys.ts';
import type { MouseEvent } from './mouse.ts';
import { paint } from './painter.ts';
import { KEEP_TITLE, type NewsSignal, newsSequence, RETURN_TITLE, titleSequence } from './signals.ts';

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
  /** What things look like: as usual on this terminal, unless given. */
  skin?: Skin;
  startTimer?: StartTimer;
}

/** What a terminal tells only when it is asked to. */
export interface Reports {
  readonly mouse: boolean;
  readonly focus: boolean;
}

/** A full-screen terminal. Every `on...` returns what ends the subscription. */
export interface Terminal {
  size(): Size;
  onKey(listener: (event: KeyEvent) => void): () => void;
  /** Where `report` has asked for it. */
  onMouse(listener: (event: MouseEvent) => void): () => void;
  /** Where `report` has asked for it: whether the window is in front. */
  onFocus(listener: (focused: boolean) => void): () => void;
  onResize(listener: () => void): () => void;
  /** The other end is gone: nobody reads, nobody types. Said once. */
  onHangUp(listener: () => void): () => void;
  /** Shows the grid, and the cursor at a place or (null) nowhere. */
  draw(grid: Grid, cursor: Position | null): void;
  /** Asks for what the terminal tells beside keys; while the mouse is reported, selecting text takes Shift. */
  report(what: Reports): void;
  /** The title of the window; the one from before is back after `restore`. */
  setTitle(title: string): void;
  /** Says outside of the screen that there is news. */
  signal(how: NewsSignal, title: string, text: string): void;
  /** What is on the screen is not known any more: the next `draw` paints all of it. */
  forget(): void;
  /** Gives the terminal back as it was found. Synchronous, idempotent, never throws: fit for every handler of an exit. */
  restore(): void;
  /** Takes the terminal again after `restore` (not after `close`), and asks for a redraw through `onResize`. */
  resume(): void;
  /** `restore`, until another program has had the terminal: the function that is returned takes it back. */
  lend(): () => void;
  /** Has another program the terminal, or had it a moment ago? Its Ctrl-C may reach us when it has ended by it. */
  isLent(): boolean;
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
// Buttons and moves with one held, as SGR reports.
const MOUSE_ON = '\x1b[?1002h\x1b[?1006h';
const MOUSE_OFF = '\x1b[?1006l\x1b[?1002l';
const FOCUS_ON = '\x1b[?1004h';
const FOCUS_OFF = '\x1b[?1004l';
const CLEAR = '\x1b[2J\x1b[H';

/**
 * neo-blessed's reader of terminfo prints its failures on the screen for newer databases. Of the terminals without the
 * sequences of xterm that we use, only these matter.
 */
const driverTerm = (term: string): string => (/^(linux|vt\d+|ansi|cons25|sun)/.test(term) ? term : 'xterm');

/** Milliseconds for which a signal of the keyboard may come late. In raw mode there is none: Ctrl-C is a key then. */
const LATE_MS = 1000;

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
  const skin = options.skin ?? skinOf(env);
  const keys = createListeners<KeyEvent>();
  const mice = createListeners<MouseEvent>();
  const focuses = createListeners<boolean>();
  const resizes = createListeners<void>();
  const hangUps = createListeners<void>();
  const onEvent = (event: TerminalEvent): void => {
    if (event.kind === 'mouse') mice.tell(event);
    else if (event.kind === 'focus') focuses.tell(event.focused);
    else keys.tell(event);
  };
  const decoder = createKeyDecoder(onEvent, options.startTimer);
  /** Consoles without windows show what they do not know of these. */
  const hasWindow = driverTerm(env.TERM ?? 'xterm') === 'xterm';
  let reports: Reports = { mouse: false, focus: false };
  let title: string | null = null;
  let titleKept = false;
  let shown: Grid | null = null;
  let taken = false;
  let lent = false;
  let takenBackAt = Number.NEGATIVE_INFINITY;
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

  const writeReports = (): void => {
    program.write(reports.mouse ? MOUSE_ON : MOUSE_OFF);
    program.write(reports.focus ? FOCUS_ON : FOCUS_OFF);
  };
  const writeTitle = (): void => {
    if (title === null || !hasWindow) return;
    if (!titleKept) program.write(KEEP_TITLE);
    titleKept = true;
    program.write(titleSequence(title));
  };

  const take = (): void => {
    if (taken || closed || lent) return;
    taken = true;
    shown = null;
    attempt(() => {
      program.alternateBuffer();
      program.hideCursor();
      program.write(ENTER);
      writeReports();
      writeTitle();
      input.setRawMode?.(true);
    });
    input.resume();
  };

  const restore = (): void => {
    if (!taken) return;
    taken = false;
    // Each by itself: raw mode has to end even where nothing can be written any more.
    for (const act of [
      () => program.write(MOUSE_OFF + FOCUS_OFF + (titleKept ? RETURN_TITLE : '')),
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
    titleKept = false;
  };

  const resume = (): void => {
    if (lent) return;
    take();
    onResize();
  };

  input.on('data', onData);
  for (const event of ['end', 'close', 'error']) input.on(event, hangUp);
  for (const event of ['close', 'error']) output.on(event, hangUp);
  program.on('resize', onResize);
  take();

  return {
    size,
    onKey: keys.add,
    onMouse: mice.add,
    onFocus: focuses.add,
    onResize: resizes.add,
    onHangUp: hangUps.add,
    draw: (grid, cursor) => {
      if (!taken) return;
      const changes = paint(shown, grid, skin);
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
    report: (what) => {
      reports = what;
      if (taken) attempt(writeReports);
    },
    setTitle: (wanted) => {
      if (title === wanted) return;
      title = wanted;
      if (taken) attempt(writeTitle);
    },
    signal: (how, who, text) => {
      if (!taken || (how !== 'bell' && !hasWindow)) return;
      attempt(() => program.write(newsSequence(how, who, text, (env.TMUX ?? '') !== '')));
    },
    forget: () => {
      shown = null;
    },
    restore,
    resume,
    lend: () => {
      restore();
      // Or we would read what is typed to the other program.
      input.pause();
      lent = true;
      return () => {
        lent = false;
        takenBackAt = performance.now();
        resume();
      };
    },
    isLent: () => lent || performance.now() < takenBackAt + LATE_MS,
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
