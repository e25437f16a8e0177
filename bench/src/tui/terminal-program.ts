import { spawn } from '@lydell/node-pty';
import { REPOSITORY } from '../child-process.ts';
import { within } from '../within.ts';

/** A program in a pseudo-terminal, as the bench sees it: bytes in, bytes out. */
export interface TerminalProgram {
  readonly pid: number;
  type(text: string): void;
  /**
   * Milliseconds from now, or from when the text is typed, until what is written since then has this. Rejects when it does
   * not come.
   */
  until(wanted: string, typed?: string): Promise<number>;
  /** SIGKILL. Resolves when it is gone. */
  close(): Promise<void>;
}

export interface TerminalProgramOptions {
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Columns and rows of a usual window. */
const SIZE = { cols: 120, rows: 40 };
/** Milliseconds in which everything has to appear: else the bench fails. */
const LOST_MS = 120_000;

/** What a picture of the TUI ends with: the cursor is shown. */
export const PICTURE_END = '\x1b[?25h';

/** Runs `node` with the arguments. */
export function openTerminalProgram({ args, environment }: TerminalProgramOptions): TerminalProgram {
  const program = spawn(process.execPath, [...args], {
    name: 'xterm-256color',
    ...SIZE,
    cwd: REPOSITORY,
    env: { ...process.env, ...environment },
  });
  let written = '';
  let running = true;
  let look = (): void => {};
  const ended = new Promise<void>((done) => {
    program.onExit(() => {
      running = false;
      done();
    });
  });
  program.onData((data) => {
    written += data;
    look();
  });
  return {
    pid: program.pid,
    type: (text) => program.write(text),
    until(wanted, typed) {
      const start = performance.now();
      written = '';
      const seen = new Promise<number>((done) => {
        look = () => {
          if (written.includes(wanted)) done(performance.now() - start);
        };
      });
      if (typed !== undefined) program.write(typed);
      const gone = ended.then(() => {
        throw new Error(`a program in a terminal ended before it wrote ${JSON.stringify(wanted)}`);
      });
      return within(
        LOST_MS,
        `a program in a terminal did not write ${JSON.stringify(wanted)}`,
        Promise.race([seen, gone]),
      );
    },
    async close() {
      if (running) program.kill('SIGKILL');
      await ended;
    },
  };
}
