import { createInterface } from 'node:readline/promises';
import { runAdmin } from './admin.ts';

const { stdin, stdout, stderr, env } = process;

/** At the terminal, whatever stdout is. */
async function confirm(question: string): Promise<string | null> {
  if (!stdin.isTTY) return null;
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

process.exitCode = await runAdmin(process.argv.slice(2), {
  env,
  cwd: env.INIT_CWD ?? process.cwd(),
  stdout,
  stderr,
  confirm,
});
