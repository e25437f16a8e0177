import { createReadStream, fstatSync } from 'node:fs';
import { checkPassword } from '@secure-chat/client/account-rules';
import type { PasswordOptions } from './arguments.ts';
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
  try {
    fstatSync(fd);
  } catch (cause) {
    throw new CliError(
      EXIT.usage,
      `--password-fd ${fd} is not open: open it in the shell, as in ${fd}<FILE (npm passes on none but 0).`,
      { cause },
    );
  }
  const chunks: Buffer[] = [];
  // Stdin stays open: a file behind the first line is nobody's.
  for await (const chunk of createReadStream('', { fd, autoClose: false, highWaterMark: PASSWORD_MAX })) {
    chunks.push(Buffer.from(chunk));
    const read = Buffer.concat(chunks);
    if (read.includes('\n') || read.length > PASSWORD_MAX) break;
  }
  const [line = ''] = Buffer.concat(chunks).toString('utf8').split(/\r?\n/, 1);
  if (line === '' || Buffer.byteLength(line) > PASSWORD_MAX)
    throw usageError(
      `--password-fd ${fd} must hold the password in its first line, of at most ${PASSWORD_MAX} bytes.`,
    );
  return line;
}
