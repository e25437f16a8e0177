import { ConfigError } from './config.ts';

/** Milliseconds to finish what is in flight after SIGTERM or SIGINT. */
const CLOSE_MS = 4_500;

export interface Running {
  /** Finishes what is in flight and closes. */
  close(): Promise<void>;
  /** Rejects when a part that the process cannot do without has failed. */
  readonly failed?: Promise<never>;
}

/**
 * Runs a process: starts it, closes it on SIGTERM or SIGINT and exits 0; exits 1 with a readable line where it
 * cannot start, or where a part fails.
 */
export async function run(start: () => Promise<Running>): Promise<void> {
  const starting = start();
  let closing = false;
  const close = (): void => {
    // npm passes on the signal that a terminal sends to both: the second one must not kill what the first one closes.
    if (closing) return;
    closing = true;
    setTimeout(() => fail(`Could not close within ${CLOSE_MS} ms.`), CLOSE_MS).unref();
    starting
      .then((running) => running.close())
      .then(
        () => process.exit(0),
        (error: unknown) => fail(`Could not close cleanly: ${String(error)}`),
      );
  };
  // Before it is ready: whoever starts it may signal as soon as it says so.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, close);
  const running = await starting.catch((error: unknown) => fail(startProblem(error)));
  running.failed?.catch((error: unknown) => fail(`A part failed: ${String(error)}`));
}

function fail(problem: string): never {
  process.stderr.write(`secure-chat: ${problem}\n`);
  process.exit(1);
}

function startProblem(error: unknown): string {
  if (error instanceof ConfigError) return error.message.replaceAll('\n', '\nsecure-chat: ');
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `the port is taken (${error.message}). Choose another one with PORT.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `cannot listen there (${error.message}). Set HOST to an address of this machine.`;
  if (code === 'EACCES' && 'syscall' in error && error.syscall === 'listen')
    return `may not listen there (${error.message}). Choose a PORT above 1023.`;
  return `cannot start: ${error.message}`;
}
