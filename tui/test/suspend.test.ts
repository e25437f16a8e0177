import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type IPty, spawn } from '@lydell/node-pty';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEmulator } from './screen.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PROMPT = 'shell>';
const CTRL_C = '\x03';
const CTRL_Z = '\x1a';

/** The job in front of the shell's terminal: the process group that owns it. */
const foregroundOf = (shell: IPty): number =>
  existsSync('/proc/self/stat')
    ? // proc(5): the 8th field, 6 after the name in parentheses.
      Number(readFileSync(`/proc/${shell.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[5])
    : Number(execFileSync('ps', ['-o', 'tpgid=', '-p', String(shell.pid)], { encoding: 'utf8' }));

describe('Ctrl-Z in a shell with job control', () => {
  let home: string;
  let shell: IPty;
  let tty: ReturnType<typeof createEmulator>;

  const screen = (): string => tty.lines().join('\n');
  const shows = (...wanted: string[]) =>
    vi.waitFor(
      () => {
        for (const text of wanted) expect(screen()).toContain(text);
      },
      { timeout: 15_000, interval: 30 },
    );
  const isTaken = (): boolean => tty.emulator.buffer.active.type === 'alternate';
  const startTui = async (): Promise<void> => {
    await shows(PROMPT);
    shell.write('npm run -s tui -- --username zoe\r');
    await shows('Create an account', '[zoe ');
  };

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'suspend-'));
    tty = createEmulator(80, 24);
    shell = spawn('/bin/sh', ['-i', '-m'], {
      cols: 80,
      rows: 24,
      cwd: ROOT,
      env: {
        ...process.env,
        TERM: 'xterm-256color',
        PS1: `${PROMPT} `,
        ENV: '',
        HISTFILE: '',
        XDG_DATA_HOME: home,
      },
    });
    shell.onData((data) => tty.emulator.write(data));
  });
  afterEach(async () => {
    shell.kill('SIGKILL');
    tty.emulator.dispose();
    await rm(home, { recursive: true });
  });

  it('gives the terminal to the shell, and fg brings the form back, at the new size, with its keys', {
    timeout: 60_000,
  }, async () => {
    await startTui();
    for (const columns of [70, 90]) {
      shell.write(CTRL_Z);
      await vi.waitFor(() => expect(isTaken()).toBe(false), { timeout: 15_000 });
      tty.emulator.resize(columns, 24);
      shell.resize(columns, 24);
      shell.write(`echo stopped-$((${columns} + 1))\r`);
      await shows(`stopped-${columns + 1}`);
      shell.write('fg\r');
      await shows('Create an account', '[zoe ');
      expect(isTaken()).toBe(true);
      // The form is centred: its place says the width.
      const column = Math.floor((columns - 50) / 2);
      await vi.waitFor(() => expect(screen().split('\n')[4]?.indexOf('Create')).toBe(column));
    }
    shell.write('secret');
    await shows('[•••••• ');
    shell.write(CTRL_C);
    await vi.waitFor(() => expect(isTaken()).toBe(false), { timeout: 15_000 });
    shell.write('echo "code=$?"\r');
    await shows('code=0');
  });

  it('SIGTSTP from outside stops the program, SIGCONT brings the form back', {
    timeout: 60_000,
  }, async () => {
    await shows(PROMPT);
    shell.write('node --import tsx tui/src/main.ts --username zoe\r');
    await shows('Create an account', '[zoe ');
    process.kill(foregroundOf(shell), 'SIGTSTP');
    await vi.waitFor(() => expect(isTaken()).toBe(false), { timeout: 15_000 });
    shell.write('echo stopped-$((70 + 1))\r');
    await shows('stopped-71');
    shell.write('fg\r');
    await shows('Create an account', '[zoe ');
    shell.write(`abc${CTRL_C}`);
    await vi.waitFor(() => expect(isTaken()).toBe(false), { timeout: 15_000 });
  });
});
