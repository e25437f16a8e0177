import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Terminal } from '../terminal/terminal.ts';

/** Bytes that are read back: some times what the longest message takes. */
export const EDITED_MAX = 256 * 1024;

/** What a shell says of a command that is not there, or may not be run. */
const NOT_FOUND = [126, 127];

const UNCHANGED = 'The input is as it was.';

/** What was written; or why nothing was, a sentence. */
export type Edited = { readonly text: string } | { readonly problem: string };

/** Somebody's own editor, on a file that is there for so long and is nobody else's to read. */
export interface ExternalEditor {
  /** For a shell. */
  readonly command: string;
  /** Hands the terminal over, and takes it back. Never rejects. */
  edit(text: string): Promise<Edited>;
  /** Removes what is there: fit for a handler of an exit. */
  close(): void;
}

export interface ExternalEditorOptions {
  readonly terminal: Pick<Terminal, 'lend'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What a person has set; null for what the environment says. */
  readonly command: string | null;
}

/** Memory, where the system has a folder of the person's own in it: what is written there is on no disk. */
const baseOf = (env: ExternalEditorOptions['env']): string => {
  const runtime = env.XDG_RUNTIME_DIR;
  if (runtime === undefined || !isAbsolute(runtime)) return tmpdir();
  return statSync(runtime, { throwIfNoEntry: false })?.isDirectory() ? runtime : tmpdir();
};

const readBack = (file: string): Edited => {
  if (statSync(file).size > EDITED_MAX)
    return { problem: `What you wrote is longer than any message may be. ${UNCHANGED}` };
  // Editors end a file with a line break that nobody means to send.
  return { text: readFileSync(file, 'utf8').replace(/\r?\n$/, '') };
};

export const createExternalEditor = ({ terminal, env, command }: ExternalEditorOptions): ExternalEditor => {
  const editor = command ?? (env.VISUAL || env.EDITOR || 'vi');
  let folder: string | null = null;
  const close = (): void => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
    folder = null;
  };

  /** Null when it has ended well, or a sentence. */
  const run = (editor: string, file: string): Promise<string | null> =>
    new Promise((done) => {
      const missing = `The editor ${JSON.stringify(editor)} is not there: set "editor" in /config, or EDITOR.`;
      // A shell takes the command apart, as all programs do that know EDITOR; the file is its argument.
      const child: ChildProcess = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], {
        stdio: 'inherit',
      });
      child.on('error', (error) => done(`The editor cannot be started: ${error.message}.`));
      child.on('exit', (code, signal) => {
        if (code === 0) done(null);
        else if (code !== null && NOT_FOUND.includes(code)) done(missing);
        else done(`The editor ended with ${code === null ? `signal ${signal}` : `code ${code}`}.`);
      });
    });

  const edit = async (text: string): Promise<Edited> => {
    let takeBack = (): void => {};
    try {
      // For its owner alone: mode 0700, with all that the editor puts beside the file.
      folder = mkdtempSync(join(baseOf(env), 'secure-chat-'));
      const file = join(folder, 'message.txt');
      writeFileSync(file, text === '' ? '' : `${text}\n`, { mode: 0o600, flag: 'wx' });
      takeBack = terminal.lend();
      const problem = await run(editor, file);
      return problem === null ? readBack(file) : { problem: `${problem} ${UNCHANGED}` };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { problem: `Your editor could not be used: ${why}. ${UNCHANGED}` };
    } finally {
      close();
      takeBack();
    }
  };

  return {
    command: editor,
    edit: (text) =>
      folder === null ? edit(text) : Promise.resolve({ problem: 'The editor is open already.' }),
    close,
  };
};
