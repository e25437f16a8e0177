import { createReadStream, fstatSync, type Stats } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty, ReadStream } from 'node:tty';
import { checkPassword } from '@secure-chat/client/account-rules';
import { FD_MAX, type PasswordOptions } from './arguments.ts';
import { CliError, EXIT, usageError } from './exit-codes.ts';
import type { Keyring } from './keyring.ts';
import type { Prompt } from './prompt.ts';

/** Bytes: a mistaken descriptor must not be read without end. */
const PASSWORD_MAX = 4_096;

export interface PasswordRequest {
  readonly username: string;
  /** Folder of the profile. */
  readonly profile: string;
  /** For an account that is to be made. */
  readonly isNew: boolean;
  readonly options: PasswordOptions;
}

export interface PasswordSources {
  readonly keyring: Keyring;
  /** Null where there is no terminal. */
  readonly openPrompt: () => Prompt | null;
}

/**
 * From the descriptor or the keyring that was asked for, or from the person. Never from the command line or the environment,
 * which others can read. Throws CliError: usage, sign-in, failed.
 */
export async function readPassword(request: PasswordRequest, sources: PasswordSources): Promise<string> {
  const { username, profile, isNew, options } = request;
  if (options.fd !== null) return readDescriptor(options.fd);
  if (options.keyring && !isNew) {
    const found = await sources.keyring.lookUp(profile);
    if (found !== null) return found;
    throw new CliError(
      EXIT.signIn,
      `The keyring has no password for ${profile}: only register --keyring keeps one there. Leave --keyring out to be asked.`,
    );
  }
  const prompt = sources.openPrompt();
  if (!prompt)
    throw new CliError(
      EXIT.signIn,
      'There is no terminal to ask for the password at. Give --password-fd N or --keyring.',
    );
  return isNew ? askNew(prompt, username) : ask(prompt, `Password of ${username}: `);
}

async function ask(prompt: Prompt, question: string): Promise<string> {
  const answer = await prompt.ask(question);
  if (answer === null)
    throw new CliError(EXIT.signIn, 'No password was given. Start again when you have it.');
  return answer;
}

async function askNew(prompt: Prompt, username: string): Promise<string> {
  const password = await ask(prompt, `New password of ${username}: `);
  const weakness = checkPassword(password);
  if (weakness !== null) throw new CliError(EXIT.failed, weakness);
  const again = await ask(prompt, 'The same once more: ');
  if (again !== password) throw new CliError(EXIT.failed, 'The two passwords differ. Start again.');
  return password;
}

async function readDescriptor(fd: number): Promise<string> {
  const read = await firstBytes(fd).catch((cause: unknown) => {
    throw new CliError(
      EXIT.usage,
      `--password-fd ${fd} cannot be read: open it in the shell, as in ${fd}<FILE (npm passes on none but 0).`,
      { cause },
    );
  });
  const [line = ''] = read.toString('utf8').split(/\r?\n/, 1);
  if (line === '' || Buffer.byteLength(line) > PASSWORD_MAX)
    throw usageError(
      `--password-fd ${fd} must hold the password in its first line, of at most ${PASSWORD_MAX} bytes.`,
    );
  return line;
}

/** Up to a line break, the end, or more than a password may have. Throws for what is not open, or nothing to read from. */
async function firstBytes(fd: number): Promise<Buffer> {
  let read = Buffer.alloc(0);
  for await (const chunk of openDescriptor(fd)) {
    read = Buffer.concat([read, Buffer.from(chunk)]);
    if (read.includes('\n') || read.length > PASSWORD_MAX) break;
  }
  return read;
}

/** A pipe is not read by a thread that blocks: while one does, no signal could end the process. */
function openDescriptor(fd: number): Readable {
  const kind = fstatSync(fd);
  if (kind.isFile()) return createReadStream('', { fd });
  if (isOfNode(fd, kind)) throw new Error('not opened by the shell');
  if (kind.isFIFO() || kind.isSocket()) return new Socket({ fd, readable: true, writable: false });
  if (isatty(fd)) return new ReadStream(fd);
  throw new Error('neither a file nor a pipe');
}

/** Whether it is one that node has opened for itself: of those pipes both ends are here, and signals come through one of them. */
function isOfNode(fd: number, { ino, dev }: Stats): boolean {
  for (let other = 3; other <= FD_MAX; other += 1) {
    if (other === fd) continue;
    try {
      const found = fstatSync(other);
      if (found.ino === ino && found.dev === dev) return true;
    } catch {
      // Not open.
    }
  }
  return false;
}
