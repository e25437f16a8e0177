import { resolve } from 'node:path';
import { type IPty, spawn } from '@lydell/node-pty';
import headless from '@xterm/headless';
import { vi } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
/** Milliseconds after which a screen that never comes is a failure: key generation on a busy machine takes a few seconds. */
const PATIENCE_MS = 40_000;

export interface Exit {
  readonly exitCode: number;
  readonly signal?: number | undefined;
}

/** A program in a pseudo-terminal, seen through a terminal emulator. */
export interface TerminalSession {
  /** The screen's rows, without trailing blanks. */
  screen(): string;
  type(text: string): void;
  /** As a terminal with bracketed paste does it. */
  paste(text: string): void;
  resize(columns: number, rows: number): void;
  /** Resolves to the screen once it shows all of these. */
  shows(...wanted: (string | RegExp)[]): Promise<string>;
  /** Resolves once it does not show this any more. */
  hides(unwanted: string): Promise<void>;
  kill(signal: string): void;
  readonly exited: Promise<Exit>;
  /** Whether the program has taken the terminal: alternate screen, hidden modes. */
  isTaken(): boolean;
  /** Resolves when the terminal is as it was: the last output may come after the exit of who wrote it. */
  isRestored(): Promise<void>;
  close(): void;
}

export const KEYS = {
  enter: '\r',
  tab: '\t',
  pageUp: '\x1b[5~',
  pageDown: '\x1b[6~',
  home: '\x1b[H',
  end: '\x1b[F',
  left: '\x1b[D',
  delete: '\x1b[3~',
  escape: '\x1b',
  ctrlC: '\x03',
} as const;

/** Starts the TUI as `npm run tui` does. */
export const openTui = (
  args: readonly string[],
  env: Record<string, string>,
  columns: number,
  rows: number,
): TerminalSession => openProgram('tui/src/main.ts', args, env, columns, rows);

/** Starts a script of the repository. */
export function openProgram(
  script: string,
  args: readonly string[],
  env: Record<string, string>,
  columns: number,
  rows: number,
): TerminalSession {
  const emulator = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
  const program: IPty = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd: ROOT,
    env: { ...process.env, ...env },
  });
  program.onData((data) => emulator.write(data));
  let running = true;
  const exited = new Promise<Exit>((done) => {
    program.onExit((exit) => {
      running = false;
      done(exit);
    });
  });

  const screen = (): string => {
    const { active } = emulator.buffer;
    return Array.from(
      { length: emulator.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
    ).join('\n');
  };

  const isTaken = (): boolean =>
    emulator.buffer.active.type === 'alternate' || emulator.modes.bracketedPasteMode;

  return {
    screen,
    type: (text) => program.write(text),
    paste: (text) => program.write(`\x1b[200~${text}\x1b[201~`),
    resize(newColumns, newRows) {
      emulator.resize(newColumns, newRows);
      program.resize(newColumns, newRows);
    },
    shows: (...wanted) =>
      vi.waitFor(
        () => {
          const shown = screen();
          for (const part of wanted) {
            const found = typeof part === 'string' ? shown.includes(part) : part.test(shown);
            if (!found) throw new Error(`the screen does not show ${String(part)}:\n${shown}`);
          }
          return shown;
        },
        { timeout: PATIENCE_MS, interval: 30 },
      ),
    hides: (unwanted) =>
      vi.waitFor(
        () => {
          const shown = screen();
          if (shown.includes(unwanted)) throw new Error(`the screen still shows ${unwanted}:\n${shown}`);
        },
        { timeout: PATIENCE_MS, interval: 30 },
      ),
    kill: (signal) => program.kill(signal),
    exited,
    isTaken,
    isRestored: () =>
      vi.waitFor(
        () => {
          if (isTaken()) throw new Error('the terminal is still taken');
        },
        { timeout: PATIENCE_MS, interval: 30 },
      ),
    close() {
      if (running) program.kill('SIGKILL');
      emulator.dispose();
    },
  };
}
