import { spawn } from '@lydell/node-pty';
import headless, { type Terminal } from '@xterm/headless';

/** A program in a pseudo-terminal, and what a terminal shows of it. */
export interface RecordedTerminal {
  readonly terminal: Terminal;
  /** The screen's rows, without blanks at their ends. */
  screen(): string;
  type(text: string): void;
  /** Resolves when all of these are on the screen. Rejects when the program ends before. */
  shows(...wanted: readonly string[]): Promise<void>;
  /** Resolves when this is not there any more. */
  hides(unwanted: string): Promise<void>;
  close(): void;
}

export interface RecordedProgram {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly columns: number;
  readonly rows: number;
}

/** Runs a node program in a terminal of 256 colours. */
export function recordTerminal({ args, cwd, env, columns, rows }: RecordedProgram): RecordedTerminal {
  const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
  const program = spawn(process.execPath, [...args], {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd,
    env: { ...process.env, ...env },
  });
  /** Looks at the screen, and is gone once it has seen what it waits for. */
  const waiting = new Set<(ended: boolean) => void>();
  const look = (ended = false): void => {
    for (const each of waiting) each(ended);
  };
  program.onData((data) => terminal.write(data, () => look()));
  program.onExit(() => look(true));

  const screen = (): string =>
    Array.from(
      { length: rows },
      (_, row) =>
        terminal.buffer.active
          .getLine(terminal.buffer.active.baseY + row)
          ?.translateToString()
          .trimEnd() ?? '',
    ).join('\n');

  const until = (isThere: (shown: string) => boolean, what: string): Promise<void> =>
    new Promise((done, fail) => {
      const each = (ended: boolean): void => {
        const shown = screen();
        if (!isThere(shown) && !ended) return;
        waiting.delete(each);
        if (isThere(shown)) done();
        else fail(new Error(`the program ended, and the screen did not come to ${what}:\n${shown}`));
      };
      waiting.add(each);
      each(false);
    });

  return {
    terminal,
    screen,
    type: (text) => program.write(text),
    shows: (...wanted) =>
      until((shown) => wanted.every((text) => shown.includes(text)), `show ${wanted.join(', ')}`),
    hides: (unwanted) => until((shown) => !shown.includes(unwanted), `hide ${unwanted}`),
    close() {
      program.kill('SIGKILL');
      terminal.dispose();
    },
  };
}
