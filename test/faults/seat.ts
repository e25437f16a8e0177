import { type ChildProcess, spawn } from 'node:child_process';
import type { Ending } from '../contract/service-process.ts';
import { type Command, parseReport, type Report } from './client-protocol.ts';

/** A process that holds one client at a time (`client-process.ts`). */
export interface Seat {
  /** Nothing when it is gone. */
  tell(command: Command): void;
  /** Where its reports go from now on. */
  listen(listener: (report: Report) => void): void;
  kill(): void;
  alive(): boolean;
  /** Resolves when it is gone and all that it reported was heard. */
  readonly gone: Promise<Ending>;
}

/** Runs the module of the client process. It does not outlive this process: its stdin ends then. */
export function startSeat(module: string): Seat {
  const child: ChildProcess = spawn(process.execPath, [module], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('a client process has no pipes');
  let listener: (report: Report) => void = () => undefined;
  let alive = true;
  // What is written to a process that was just killed.
  stdin.on('error', () => undefined);
  let unfinished = '';
  stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${unfinished}${text}`.split('\n');
    // SIGKILL may have cut the last one.
    unfinished = lines.pop() ?? '';
    for (const line of lines) listener(parseReport(line));
  });
  const gone = new Promise<Ending>((resolve) => {
    child.once('close', (code, signal) => {
      alive = false;
      resolve({ code, signal });
    });
  });
  return {
    tell: (command) => void (alive && stdin.write(`${JSON.stringify(command)}\n`)),
    listen(next) {
      listener = next;
    },
    kill: () => void child.kill('SIGKILL'),
    alive: () => alive,
    gone,
  };
}
