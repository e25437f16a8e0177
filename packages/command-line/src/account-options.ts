import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { checkUsername, USERNAME_RULE } from '@secure-chat/client/account-rules';
import { PIN_RULE, parsePin, type ServerTrust } from '@secure-chat/client/server-trust';
import { profilesFolder } from './profiles.ts';

/** What every program of ours that opens a profile takes: where the server is, who one is, and where the profile lies. */

export interface AccountOptions {
  /** Origin of the gateway. Null when it was not given: a profile knows its own, a new account is made at `DEFAULT_SERVER`. */
  readonly server: string | null;
  /** Null when it was not given. */
  readonly username: string | null;
  /** Folder of a user's profile. */
  readonly profileOf: (username: string) => string;
  /** Whether the profile has a name or place of its own, and is not the one that is named after its user. */
  readonly ownProfile: boolean;
  /** Who is believed to be the server. */
  readonly trust: ServerTrust;
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. */
  readonly cwd: string;
}

/** As given; undefined for what was not. */
export interface AccountValues {
  readonly server?: string | undefined;
  readonly username?: string | undefined;
  readonly profile?: string | undefined;
  readonly ca?: string | undefined;
  readonly pin?: string | undefined;
  readonly 'insecure-http'?: boolean | undefined;
}

/** For `parseArgs` of node:util. */
export const ACCOUNT_OPTIONS = {
  server: { type: 'string' },
  username: { type: 'string' },
  profile: { type: 'string' },
  ca: { type: 'string' },
  pin: { type: 'string' },
  'insecure-http': { type: 'boolean' },
} as const;

export const DEFAULT_SERVER = 'http://127.0.0.1:8000';

/** Where `--profile NAME` and user names lead. */
export const PROFILES_HELP =
  'Profiles live in $XDG_DATA_HOME/secure-chat (default ~/.local/share/secure-chat), encrypted under your password.';

/** All mistakes at once, a sentence each. */
export function readAccountOptions(
  { server, username, profile, ca: caFile, pin: wish, 'insecure-http': insecureHttp = false }: AccountValues,
  { env, cwd }: Surroundings,
): { readonly errors: readonly string[] } | { readonly options: AccountOptions } {
  const errors: string[] = [];
  const origin = server === undefined ? null : originOf(server);
  if (server !== undefined && origin === null)
    errors.push(
      `--server must be an http(s) address such as ${DEFAULT_SERVER}, not ${JSON.stringify(server)}`,
    );
  if (username !== undefined && checkUsername(username) !== null)
    errors.push(`--username must be ${USERNAME_RULE}, not ${JSON.stringify(username)}`);
  if (profile === '') errors.push('--profile must be a name or a path');
  const ca = caFile === undefined ? null : readAuthorities(resolve(cwd, caFile));
  if (ca !== null && 'error' in ca) errors.push(`--ca ${ca.error}`);
  const pin = wish === undefined ? null : parsePin(wish);
  if (wish !== undefined && pin === null)
    errors.push(`--pin must be ${PIN_RULE}, not ${JSON.stringify(wish)}`);
  if (errors.length > 0 || (ca !== null && 'error' in ca)) return { errors };

  const isPath = profile?.includes('/') || profile?.includes(sep);
  // On file systems that ignore case, `Alice` and `alice` must be one folder: they are one user.
  const profileOf = (name: string): string =>
    profile && isPath ? resolve(cwd, profile) : join(profilesFolder(env), profile ?? name.toLowerCase());
  return {
    options: {
      server: origin,
      username: username ?? null,
      profileOf,
      ownProfile: profile !== undefined,
      trust: { ca: ca?.pem ?? null, insecureHttp, pin },
    },
  };
}

/** The PEM file of one or more certificates. */
export function readAuthorities(file: string): { readonly pem: string } | { readonly error: string } {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { error: `cannot be read (${code}): ${file}` };
  }
  try {
    new X509Certificate(pem);
    return { pem };
  } catch {
    return { error: `must be a file with certificates, in PEM: ${file}` };
  }
}

/** As it is used; null for what is no address of a server. */
export function originOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const bare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  return /^https?:$/.test(url.protocol) && bare ? url.origin : null;
}
