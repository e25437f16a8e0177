import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { CliError, EXIT } from './exit-codes.ts';

/** The keyring of the operating system, where the password of a profile may lie: by the profile's folder. */
export interface Keyring {
  /** Null when it has none. Throws CliError sign-in when there is no keyring. */
  lookUp(profile: string): Promise<string | null>;
  /** Throws CliError: sign-in when there is no keyring, failed. */
  store(profile: string, password: string): Promise<void>;
}

const SERVICE = 'secure-chat';

type Environment = Readonly<Record<string, string | undefined>>;

export const createKeyring = (platform: NodeJS.Platform, env: Environment): Keyring =>
  platform === 'darwin' ? createKeychain(env) : createSecretService(env);

/** Of libsecret: GNOME Keyring, KWallet, KeePassXC. The secret goes through its stdin. */
function createSecretService(env: Environment): Keyring {
  const attributes = (profile: string) => ['service', SERVICE, 'profile', profile];
  const hint = 'Install it (libsecret-tools), or give --password-fd.';
  return {
    async lookUp(profile) {
      const { code, out } = await run('secret-tool', ['lookup', ...attributes(profile)], '', env, hint);
      return code === 0 && out !== '' ? out.replace(/\n$/, '') : null;
    },
    async store(profile, password) {
      const label = `--label=secure-chat: ${profile}`;
      const args = ['store', label, ...attributes(profile)];
      const { code, errors } = await run('secret-tool', args, password, env, hint);
      if (code !== 0) throw notStored(errors);
    },
  };
}

/** Of macOS. The secret goes through stdin, as hex: on the command line others could read it. */
function createKeychain(env: Environment): Keyring {
  const hint = 'Give --password-fd instead.';
  const quoted = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`;
  return {
    async lookUp(profile) {
      const args = ['find-generic-password', '-g', '-s', SERVICE, '-a', profile];
      const { code, errors } = await run('security', args, '', env, hint);
      return code === 0 ? keychainPassword(errors) : null;
    },
    async store(profile, password) {
      const hex = Buffer.from(password, 'utf8').toString('hex');
      const command = `add-generic-password -U -s ${SERVICE} -a ${quoted(profile)} -X ${hex}\n`;
      const { code, errors } = await run('security', ['-i'], command, env, hint);
      if (code !== 0) throw notStored(errors);
    },
  };
}

/** `security -g` says `password: "text"`, or `password: 0xHEX  "text"` where it is not plain. Null for anything else. */
export function keychainPassword(said: string): string | null {
  const [, hex, plain] = /^password: (?:0x([0-9A-F]+)\b.*|"(.*)")$/m.exec(said) ?? [];
  if (hex !== undefined) return Buffer.from(hex, 'hex').toString('utf8');
  return plain ?? null;
}

const notStored = (errors: string): CliError =>
  new CliError(
    EXIT.failed,
    `The keyring did not take the password: ${errors.trim() || 'it did not say why'}. What you asked for is done; the password is yours to keep.`,
  );

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** Runs a program to its end. Throws CliError sign-in when there is none of this name. */
async function run(
  program: string,
  args: readonly string[],
  input: string,
  env: Environment,
  hint: string,
): Promise<Outcome> {
  const child = spawn(program, args, { env: { ...env }, stdio: 'pipe' });
  const ended = new Promise<number | null>((end, fail) => {
    child.on('error', fail);
    child.on('close', end);
  });
  // It may end without reading.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  try {
    const [code, out, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, out, errors };
  } catch (cause) {
    throw new CliError(EXIT.signIn, `There is no keyring here: ${program} cannot be run. ${hint}`, { cause });
  }
}
