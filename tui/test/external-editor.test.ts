import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createExternalEditor, EDITED_MAX } from '../src/app/external-editor.ts';
import { createEmulator } from './screen.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'editor-'));
});
afterEach(() => rmSync(base, { recursive: true }));

/** `seen`: what is on the disk while the editor has the terminal. */
const open = (command: string | null, env: Record<string, string> = {}) => {
  const log: string[] = [];
  const seen: { modes?: number[]; text?: string } = {};
  const editor = createExternalEditor({
    command,
    env: { XDG_RUNTIME_DIR: base, ...env },
    terminal: {
      lend: () => {
        log.push('lent');
        const folder = join(base, readdirSync(base)[0] ?? '');
        const file = join(folder, 'message.txt');
        seen.modes = [folder, file].map((path) => statSync(path).mode & 0o777);
        seen.text = readFileSync(file, 'utf8');
        return () => log.push('taken back');
      },
    },
  });
  return { editor, log, seen };
};

describe("an editor of one's own", () => {
  it("gets the text in a file that is nobody else's, and nothing of it is left", async () => {
    const { editor, log, seen } = open('printf " two" >>');
    await expect(editor.edit('one')).resolves.toEqual({ text: 'one\n two' });
    expect(log).toEqual(['lent', 'taken back']);
    expect(seen).toEqual({ modes: [0o700, 0o600], text: 'one\n' });
    expect(readdirSync(base)).toEqual([]);
  });

  it('is the one that is set, else VISUAL, else EDITOR', async () => {
    const env = { VISUAL: 'echo visual >', EDITOR: 'echo editor >' };
    await expect(open('echo set >', env).editor.edit('')).resolves.toEqual({ text: 'set' });
    await expect(open(null, env).editor.edit('')).resolves.toEqual({ text: 'visual' });
    await expect(open(null, { ...env, VISUAL: '' }).editor.edit('')).resolves.toEqual({ text: 'editor' });
  });

  it('keeps a text that nobody changed, its line breaks too', async () => {
    await expect(open('true').editor.edit('a\n\nb\n')).resolves.toEqual({ text: 'a\n\nb\n' });
    await expect(open('true').editor.edit('')).resolves.toEqual({ text: '' });
  });

  it.each([
    [
      'no-such-editor-here',
      /^The editor "no-such-editor-here" is not there: set "editor" in \/config, or EDITOR\. /,
    ],
    ['rm', /^Your editor could not be used: ENOENT/],
    ['exit 3;', /^The editor ended with code 3\. /],
    ['kill -TERM $$;', /^The editor ended with signal SIGTERM\. /],
    [`head -c ${EDITED_MAX + 1} /dev/zero >`, /^What you wrote is longer than any message may be\. /],
  ])('that fails is a sentence: %s', async (command, sentence) => {
    const { editor, log } = open(command);
    const edited = await editor.edit('text');
    expect('problem' in edited && edited.problem).toMatch(sentence);
    expect('problem' in edited && edited.problem).toMatch(/The input is as it was\.$/);
    expect(log).toEqual(['lent', 'taken back']);
    expect(readdirSync(base)).toEqual([]);
  });

  it('is open once', async () => {
    const { editor } = open('true');
    const first = editor.edit('');
    await expect(editor.edit('')).resolves.toEqual({ problem: 'The editor is open already.' });
    await first;
  });

  it('leaves no text behind where the program ends first', async () => {
    const { editor } = open('true');
    const edited = editor.edit('secret');
    editor.close();
    expect(readdirSync(base)).toEqual([]);
    await edited;
  });
});

describe('in a real pseudo-terminal', () => {
  const FIXTURE = resolve(import.meta.dirname, 'fixtures/open-editor.ts');

  it('the editor reads the keys and owns the screen, Ctrl-C is its own, and all is ours again after it', {
    timeout: 30_000,
  }, async () => {
    const tty = createEmulator(60, 8);
    const pty = spawn(process.execPath, ['--import', 'tsx', FIXTURE], {
      cols: 60,
      rows: 8,
      env: {
        ...process.env,
        TERM: 'xterm-256color',
        XDG_RUNTIME_DIR: base,
        EDITOR: `echo ready; read -r line; printf '%s' "$line" >`,
      },
    });
    pty.onData((data) => tty.emulator.write(data));
    const shows = (text: string) =>
      vi.waitFor(() => expect(tty.lines().join('\n')).toContain(text), { timeout: 15_000, interval: 30 });
    const isTaken = (): boolean => tty.emulator.buffer.active.type === 'alternate';

    await shows('[start]');
    pty.write('e');
    await shows('ready');
    expect(isTaken()).toBe(false);
    pty.write('hello from outside\r');
    await shows('[hello from outside]');
    expect(isTaken()).toBe(true);

    pty.write('e');
    await vi.waitFor(() => expect(isTaken()).toBe(false), { timeout: 15_000 });
    await vi.waitFor(() => expect(readdirSync(base)).toHaveLength(1));
    pty.write('\x03');
    await shows('[The editor ended with signal SIGINT.');
    expect(isTaken()).toBe(true);
    expect(readdirSync(base)).toEqual([]);

    const ended = new Promise((done) => pty.onExit(done));
    pty.write('q');
    await ended;
    tty.emulator.dispose();
  });
});
