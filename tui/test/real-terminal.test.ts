import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { escapes, RESTORED } from './screen.ts';

const FIXTURE = resolve(import.meta.dirname, 'fixtures/take-terminal.ts');

const PAINTING = escapes(String.raw`ESC\[[0-9;]*[Hm]`, 'g');

/** Runs the fixture in a pseudo-terminal; after it, the shell says its exit code and how the terminal is set. */
const goOut = (
  way: string,
  act: (pid: number, type: (text: string) => void) => void,
  state: string,
): Promise<string> =>
  new Promise((done, fail) => {
    // It stays until all was read: a pseudo-terminal's last output may come after the exit of who wrote it.
    const command = `"${process.execPath}" --import tsx "${FIXTURE}" ${way}; echo "CODE=$?"; stty -a; echo "THE"END; read -r line`;
    const shell = spawn('/bin/sh', ['-c', command], {
      cols: 80,
      rows: 24,
      env: { ...process.env, TERM: 'xterm-256color', XDG_STATE_HOME: state },
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

let states: string;
beforeAll(async () => {
  states = await mkdtemp(join(tmpdir(), 'ways-out-'));
});
afterAll(() => rm(states, { recursive: true }));

describe.concurrent('in a real pseudo-terminal', () => {
  it.each<[string, number, (pid: number, type: (text: string) => void) => void]>([
    ['SIGTERM', 143, (pid) => process.kill(pid, 'SIGTERM')],
    ['SIGQUIT', 131, (pid) => process.kill(pid, 'SIGQUIT')],
    ['SIGINT', 130, (pid) => process.kill(pid, 'SIGINT')],
    ['SIGHUP', 129, (pid) => process.kill(pid, 'SIGHUP')],
    ['throw', 1, (_pid, type) => type('x')],
    ['reject', 1, (_pid, type) => type('x')],
    ['exit', 3, (_pid, type) => type('x')],
  ])('%s leaves the terminal as it was, exit code %i', { timeout: 20_000 }, async (way, code, act) => {
    const state = join(states, way);
    const output = await goOut(way, act, state);
    const after = output.slice(output.lastIndexOf('\x1b[?1049l'));
    expect(output).toMatch(RESTORED);
    expect(after).toContain(`CODE=${code}`);
    expect(after).toMatch(/[^-]icanon/);
    expect(after).toMatch(/[^-]echo /);
    if (code !== 1) return;
    const file = join(state, 'secure-chat', 'crash.log');
    expect(after).toContain('Error: planted');
    expect(after.replace(/\r\n/g, '')).toContain(`stands in ${file}`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const log = await readFile(file, 'utf8');
    expect(log).toContain('take-terminal.ts');
    expect(log).not.toContain('planted');
  });

  it('a window that is closed ends the program', { timeout: 20_000 }, async () => {
    const shell = spawn(process.execPath, ['--import', 'tsx', FIXTURE, 'closed'], { cols: 80, rows: 24 });
    const pid = await new Promise<number>((ready) => {
      let output = '';
      shell.onData((data) => {
        output += data;
        const said = /READY=(\d+)!/.exec(output.replace(PAINTING, ''));
        if (said) ready(Number(said[1]));
      });
    });
    const ended = new Promise((done) => shell.onExit(done));
    Reflect.get(shell, 'destroy').call(shell);
    await ended;
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 15_000 });
  });
});
