import { resolve } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { describe, expect, it } from 'vitest';
import { escapes, RESTORED } from './screen.ts';

const FIXTURE = resolve(import.meta.dirname, 'fixtures/take-terminal.ts');

const PAINTING = escapes(String.raw`ESC\[[0-9;]*[Hm]`, 'g');

/** Runs the fixture in a pseudo-terminal; after it, the shell says its exit code and how the terminal is set. */
const goOut = (way: string, act: (pid: number, type: (text: string) => void) => void): Promise<string> =>
  new Promise((done, fail) => {
    // It stays until all was read: a pseudo-terminal's last output may come after the exit of who wrote it.
    const command = `"${process.execPath}" --import tsx "${FIXTURE}" ${way}; echo "CODE=$?"; stty -a; echo "THE"END; read -r line`;
    const shell = spawn('/bin/sh', ['-c', command], {
      cols: 80,
      rows: 24,
      env: { ...process.env, TERM: 'xterm-256color' },
    });
    let output = '';
    let acted = false;
    shell.onData((data) => {
      output += data;
      const ready = /READY=(\d+)!/.exec(output.replace(PAINTING, ''));
      if (ready && !acted) {
        acted = true;
        act(Number(ready[1]), (text) => shell.write(text));
      }
      if (output.includes('THEEND')) {
        done(output);
        shell.kill('SIGKILL');
      }
    });
    shell.onExit(() => fail(new Error(output)));
  });

describe.concurrent('in a real pseudo-terminal', () => {
  it.each<[string, number, (pid: number, type: (text: string) => void) => void]>([
    ['SIGTERM', 143, (pid) => process.kill(pid, 'SIGTERM')],
    ['SIGHUP', 129, (pid) => process.kill(pid, 'SIGHUP')],
    ['throw', 1, (_pid, type) => type('x')],
    ['reject', 1, (_pid, type) => type('x')],
    ['exit', 3, (_pid, type) => type('x')],
  ])('%s leaves the terminal as it was, exit code %i', { timeout: 20_000 }, async (way, code, act) => {
    const output = await goOut(way, act);
    const after = output.slice(output.lastIndexOf('\x1b[?1049l'));
    expect(output).toMatch(RESTORED);
    expect(after).toContain(`CODE=${code}`);
    expect(after).toMatch(/[^-]icanon/);
    expect(after).toMatch(/[^-]echo /);
    if (code === 1) expect(after).toContain('Error: planted');
  });
});
