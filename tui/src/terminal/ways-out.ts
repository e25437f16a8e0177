import { inspect } from 'node:util';
import type { Terminal } from './terminal.ts';

export type LeavingSignal = 'SIGINT' | 'SIGQUIT' | 'SIGTERM' | 'SIGHUP';

/** The part of `process` that is used. */
export interface WaysOutProcess {
  readonly pid: number;
  on(event: string, listener: (detail: unknown) => void): unknown;
  off(event: string, listener: (detail: unknown) => void): unknown;
  kill(pid: number, signal: 'SIGTSTP' | 'SIGWINCH'): unknown;
  exit(code: number): unknown;
}

export interface WaysOut {
  process: WaysOutProcess;
  /** Says why after a crash. */
  stderr: { write(text: string): unknown };
  /** Notes a crash; returns where it stands, null for nowhere. */
  log: (error: unknown) => string | null;
  /** Ends the session and the client; called at most once. */
  leave: () => Promise<void>;
}

/** Milliseconds that `leave` may take before the process ends without it: a person who closed a window does not wait. */
export const LEAVE_MS = 3000;

/** `kill` to it reaches every process of our group. */
const OWN_GROUP = 0;

const noted = (file: string): string =>
  `secure-chat ended by a mistake of its own. Where it was stands in ${file}: no secret and no message is in it, so send it along when you tell us.`;

/** What a shell reports for a process that a signal ended: 128 + its number. */
const EXIT_CODES: Record<LeavingSignal, number> = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 };

export interface WaysOutHandlers {
  /** Ctrl-Z: stops us and all processes of our group, as the terminal itself does it outside of raw mode. */
  suspend(): void;
  /** Takes the handlers away. */
  undo(): void;
}

/**
 * Gives the terminal back on every way out: signals and a hang-up (then `leave`, then exit), a crash (then the error on
 * stderr, exit 1), any other exit; and over `SIGTSTP`, after which `SIGCONT` takes it again.
 */
export const restoreOnEveryWayOut = (
  terminal: Terminal,
  { process, stderr, log, leave }: WaysOut,
): WaysOutHandlers => {
  let leaving = false;

  const leaveWith = (code: number) => () => {
    terminal.restore();
    if (leaving) return;
    leaving = true;
    const exit = () => {
      process.exit(code);
    };
    setTimeout(exit, LEAVE_MS).unref();
    leave().then(exit, exit);
  };

  /** Ctrl-C and Ctrl-\ in a program that has the terminal for a while reach us as well, and are not for us. */
  const leaveUnlessLent = (code: number): (() => void) => {
    const leaveNow = leaveWith(code);
    return () => {
      if (!terminal.isLent()) leaveNow();
    };
  };

  const crash = (error: unknown): void => {
    terminal.restore();
    const file = log(error);
    try {
      stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : inspect(error)}\n`);
      if (file !== null) stderr.write(`${noted(file)}\n`);
    } catch {
      // Nobody reads.
    }
    process.exit(1);
  };

  /** Restores first: once a parent of the group (npm) has stopped, the shell owns the terminal, and touching it stops us. */
  const stop = (pid: number): void => {
    terminal.restore();
    // The default of the signal, not SIGSTOP: without a shell that could wake it, a process must not stop.
    process.off('SIGTSTP', stopAlone);
    process.kill(pid, 'SIGTSTP');
    setImmediate(wake);
  };
  const stopAlone = (): void => stop(process.pid);
  const wake = (): void => {
    process.off('SIGTSTP', stopAlone);
    if (leaving) return;
    process.on('SIGTSTP', stopAlone);
    terminal.resume();
    // Only the foreground is told of a new size of the window: what happened while we were stopped has to be looked up.
    process.kill(process.pid, 'SIGWINCH');
  };

  const handlers: [string, (detail: unknown) => void][] = [
    ['exit', terminal.restore],
    ['uncaughtException', crash],
    ['unhandledRejection', crash],
    ['SIGINT', leaveUnlessLent(EXIT_CODES.SIGINT)],
    ['SIGQUIT', leaveUnlessLent(EXIT_CODES.SIGQUIT)],
    ['SIGTERM', leaveWith(EXIT_CODES.SIGTERM)],
    ['SIGHUP', leaveWith(EXIT_CODES.SIGHUP)],
    ['SIGTSTP', stopAlone],
    ['SIGCONT', wake],
  ];
  for (const [event, handler] of handlers) process.on(event, handler);
  const forgetHangUp = terminal.onHangUp(leaveWith(EXIT_CODES.SIGHUP));
  return {
    suspend: () => stop(OWN_GROUP),
    undo: () => {
      forgetHangUp();
      for (const [event, handler] of handlers) process.off(event, handler);
    },
  };
};
