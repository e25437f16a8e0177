import type { KeyObject } from 'node:crypto';
import { foldName } from '@secure-chat/wire/names';
import { login, makeIdentity, makePrivateKey, register } from './account.ts';
import { assertUsername, checkInvite, checkPassword } from './account-rules.ts';
import { readArchive } from './archive-file.ts';
import type { ChatClient } from './chat.ts';
import { ClientError, UnknownServerError } from './client-error.ts';
import { clientLabel } from './client-label.ts';
import type { RequestsMode } from './contact-requests.ts';
import { profileExists, removeProfile } from './profile/folder.ts';
import {
  createProfile,
  importProfile as importArchive,
  openProfile,
  type Profile,
} from './profile/profile.ts';
import { KDF_COST, type KdfCost } from './profile/vault.ts';
import { getRegisterChallenge } from './requests.ts';
import { createRunningClient } from './running-client.ts';
import { fetchServerKey, type ServerPin } from './server-key.ts';
import { type PinWish, type ServerTrust, USUAL_TRUST } from './server-trust.ts';
import { TIMING, type Timing } from './sync.ts';
import { createTransport, parseServer, REQUEST_TIMEOUT_MS, type Transport } from './transport.ts';
import { connectionError, TransportError, toClientError } from './transport-error.ts';

export type {
  ChatClient,
  ClientEvent,
  ConnectionState,
  Contact,
  ConversationStatus,
  Draft,
  Message,
  MessageState,
  OwnSession,
  Protection,
  SafetyNumber,
  Settings,
} from './chat.ts';
export { ClientError, type ClientErrorCode, UnknownServerError } from './client-error.ts';
export type { RequestsMode } from './contact-requests.ts';
export { profileExists, removeProfile } from './profile/folder.ts';
export type { ServerTrust } from './server-trust.ts';

export type Progress = 'importing' | 'unlocking' | 'making keys' | 'registering' | 'signing in';

export interface AccountOptions {
  /** URL of the gateway. */
  server: string;
  /** Folder of the profile. */
  profile: string;
  username: string;
  password: string;
  /** What the list of the account's sessions calls this program: 64 printable characters at most. */
  label?: string | undefined;
  /** As usual where it is not given. */
  trust?: ServerTrust | undefined;
  /** What is done with people who write first: `hold` where it is not given. A program that answers everybody wants `accept`. */
  requests?: RequestsMode | undefined;
  onProgress?: (step: Progress) => void;
}

export interface NewAccountOptions extends AccountOptions {
  /** The code of an invitation, where the server wants one. */
  invite?: string | undefined;
}

export interface SignInOptions extends Omit<AccountOptions, 'server' | 'username'> {
  /** Null for the one that the profile last signed in at. */
  server: string | null;
  /** Null for whoever the profile belongs to. */
  username: string | null;
}

/** What a test makes faster or faults. */
export interface Conditions {
  now: () => number;
  /** What is not given is as usual. */
  timing: Partial<Timing>;
  requestTimeoutMs: number;
  makePrivateKey: () => Promise<KeyObject>;
  kdfCost: KdfCost;
}

const CONDITIONS: Conditions = {
  now: Date.now,
  timing: {},
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  makePrivateKey,
  kdfCost: KDF_COST,
};

/** Asks whether a chat server answers there. Throws ClientError: offline, not_a_server, unknown_server. */
export async function checkServer(server: string, trust?: ServerTrust): Promise<void> {
  const transport = await connect(server, trust, CONDITIONS);
  try {
    await transport.request(getRegisterChallenge);
  } catch (error) {
    throw await forPerson(transport, error);
  } finally {
    await transport.close();
  }
}

/**
 * Makes keys, stores them, registers the name, signs in. After a registration whose outcome is unknown, the same call
 * again resumes. Throws ClientError; nothing is left behind unless the outcome is unknown.
 */
export async function createAccount(
  options: NewAccountOptions,
  given: Partial<Conditions> = {},
): Promise<ChatClient> {
  const { username, password, profile } = options;
  const conditions = { ...CONDITIONS, ...given };
  assertUsername(username);
  const weakness = checkPassword(password);
  if (weakness !== null) throw new ClientError('weak_password', weakness);
  const misread = options.invite === undefined ? null : checkInvite(options.invite);
  if (misread !== null) throw new ClientError('bad_invite', misread);
  const transport = await connect(options.server, options.trust, conditions);
  return enter(options, conditions, transport, async () => {
    if (profileExists(profile)) return resume(options);
    // Asked before anything is made: a wrong address leaves nothing behind.
    await transport.request(getRegisterChallenge);
    options.onProgress?.('making keys');
    const identity = makeIdentity(
      username,
      await conditions.makePrivateKey(),
      transport.server,
      transport.serverKey,
    );
    return createProfile({ profile, password, identity, cost: conditions.kdfCost });
  });
}

/**
 * Opens a profile and signs in. When the server is away it resolves all the same, offline, and keeps trying.
 * Throws ClientError.
 */
export async function signIn(options: SignInOptions, given: Partial<Conditions> = {}): Promise<ChatClient> {
  const conditions = { ...CONDITIONS, ...given };
  if (options.username !== null) assertUsername(options.username);
  options.onProgress?.('unlocking');
  const profile = await openProfile(options.profile, options.password);
  try {
    const server = parseServer(serverOf(options, profile));
    if (options.trust?.pin === 'none') forget(server, profile);
    const known = profile.identity.get().pins[server];
    const transport = await connect(server, options.trust, conditions, known);
    return await enter(options, conditions, transport, async () => profile);
  } catch (error) {
    profile.close();
    throw error;
  }
}

/** Where to sign in with the profile, which has to be that of the wanted user. */
function serverOf(wanted: SignInOptions, profile: Profile): string {
  const { username, server } = profile.identity.get();
  if (wanted.username !== null && foldName(username) !== foldName(wanted.username))
    throw new ClientError('no_profile', `This profile belongs to ${username}. Sign in under that name.`);
  const known = wanted.server ?? server;
  if (known !== null) return known;
  throw new ClientError(
    'not_a_server',
    'This profile has not noted which server it belongs to. Give the address once: --server URL.',
  );
}

/** `known`: the key that is remembered of the server. Throws ClientError. */
async function connect(
  server: string,
  trust: ServerTrust = USUAL_TRUST,
  { now, requestTimeoutMs: timeoutMs }: Conditions,
  known: string | null = null,
): Promise<Transport> {
  const { pin } = trust;
  const origin = parseServer(server);
  if (pin !== null && pin !== 'none' && !origin.startsWith('https:')) throw withoutKey(origin);
  return createTransport({ server, now, timeoutMs, trust, pin: await pinOf(origin, pin, known, timeoutMs) });
}

/** Throws ClientError offline, where the key has to be asked for. */
async function pinOf(
  server: string,
  wish: PinWish,
  known: string | null,
  timeoutMs: number,
): Promise<ServerPin | null> {
  if (wish === 'none') return null;
  if (wish !== null && wish !== 'first') return { key: wish, met: wish === known };
  if (known !== null) return { key: known, met: true };
  return wish === 'first' ? { key: await fetchKey(server, timeoutMs), met: true } : null;
}

const fetchKey = (server: string, timeoutMs: number): Promise<string> =>
  fetchServerKey(server, timeoutMs).catch((error: unknown) => {
    throw toClientError(connectionError(server, error));
  });

const withoutKey = (server: string): ClientError =>
  new ClientError(
    'not_a_server',
    `${server} has no key: only a server with an https:// address has. Leave --pin out, or give such an address.`,
  );

/** What a person is told; of a server that is a stranger, its key. */
async function forPerson({ server }: Transport, error: unknown): Promise<unknown> {
  if (!isOfStranger(error)) return toClientError(error);
  const key = await fetchServerKey(server, REQUEST_TIMEOUT_MS).catch(() => null);
  return key === null ? toClientError(error) : new UnknownServerError(server, key, error);
}

const isOfStranger = (error: unknown): boolean =>
  error instanceof TransportError && error.doubt === 'stranger';

/**
 * Makes a profile out of a file that `exportProfile` wrote, to sign in with under its password.
 * Throws ClientError: refused, wrong_password, profile_exists, profile_damaged.
 */
export async function importProfile(options: {
  file: string;
  profile: string;
  password: string;
  onProgress?: (step: Progress) => void;
}): Promise<{ username: string }> {
  options.onProgress?.('importing');
  const archive = await readArchive(options.file);
  const profile = await importArchive(archive, options.profile, options.password);
  const { username } = profile.identity.get();
  profile.close();
  return { username };
}

/** The rest is the same for both: register when that is not done, then start. Closes the transport when it fails. */
async function enter(
  options: Pick<NewAccountOptions, 'profile' | 'trust' | 'label' | 'invite' | 'requests' | 'onProgress'>,
  { now, timing }: Conditions,
  transport: Transport,
  open: (transport: Transport) => Promise<Profile>,
): Promise<ChatClient> {
  try {
    const profile = await open(transport);
    const { label = clientLabel('client') } = options;
    await finishRegistration(options, transport, profile, label);
    options.onProgress?.('signing in');
    const client = createRunningClient({
      profile,
      transport,
      now,
      label,
      timing: { ...TIMING, ...timing },
      requests: options.requests ?? 'hold',
    });
    // A server that was met before, and vouched for then, is no stranger: nobody is asked to let it in.
    const isNew = options.trust?.pin === 'none' || profile.identity.get().server !== transport.server;
    const failure = await client.start();
    if (failure === null) remember(transport, profile);
    if (!needsPerson(failure) && !(isNew && isOfStranger(failure))) return client;
    await client.close();
    throw failure;
  } catch (error) {
    await transport.close();
    throw await forPerson(transport, error);
  }
}

/** The next time nobody has to say it. */
function remember({ server, serverKey }: Transport, profile: Profile): void {
  const identity = profile.identity.get();
  if (identity.server === server && (identity.pins[server] ?? null) === serverKey) return;
  const pins = serverKey === null ? identity.pins : { ...identity.pins, [server]: serverKey };
  profile.identity.put({ ...identity, server, pins });
}

/** Its key counts no more. */
function forget(server: string, profile: Profile): void {
  const { [server]: _, ...pins } = profile.identity.get().pins;
  profile.identity.put({ ...profile.identity.get(), pins });
}

/** Whether signing in failed for something that no retry mends. */
const needsPerson = (error: unknown): boolean =>
  error instanceof TransportError
    ? error.failure === 'not_a_server'
    : error instanceof ClientError && error.code !== 'account_deleted';

/** The profile of an account whose registration was not seen to end. */
async function resume({ profile, username, password, onProgress }: AccountOptions): Promise<Profile> {
  const exists = new ClientError(
    'profile_exists',
    `There is already an account in ${profile}. Sign in, or choose another folder.`,
  );
  onProgress?.('unlocking');
  const opened = await openProfile(profile, password).catch((error: unknown) => {
    throw error instanceof ClientError && error.code === 'wrong_password' ? exists : error;
  });
  const identity = opened.identity.get();
  if (!identity.registered && foldName(identity.username) === foldName(username)) return opened;
  opened.close();
  throw exists;
}

/** Leaves the profile open and registered, or closed; removed when the account can never be. */
async function finishRegistration(
  options: Pick<NewAccountOptions, 'profile' | 'invite' | 'onProgress'>,
  transport: Transport,
  profile: Profile,
  label: string,
): Promise<void> {
  try {
    const identity = profile.identity.get();
    if (identity.registered) return;
    options.onProgress?.('registering');
    // An earlier attempt may have arrived, also while this one asks: so twice, before and after.
    const known = async () => (await login(transport, identity, label)) !== null;
    if (!(await known()))
      await register(transport, identity, options.invite ?? null).catch(async (error: unknown) => {
        const ours = error instanceof TransportError && error.code === 'name_taken' && (await known());
        if (!ours) throw error;
      });
    profile.identity.put({ ...identity, registered: true });
  } catch (error) {
    profile.close();
    if (error instanceof TransportError && error.failure === 'refused') removeProfile(options.profile);
    if (error instanceof TransportError && error.code === 'bad_invite')
      throw new ClientError('bad_invite', options.invite === undefined ? UNINVITED : NOT_INVITED, {
        cause: error,
      });
    throw error instanceof TransportError && error.retryable ? unfinished(error) : error;
  }
}

const UNINVITED = 'This server wants an invitation. Ask who runs it, and type the code.';
const NOT_INVITED = 'This code does not count: mistyped, used up or over. Ask for another.';

const unfinished = (cause: TransportError): ClientError =>
  new ClientError(
    'offline',
    `${cause.message} Try again with the same name, password and folder: it goes on where it stopped.`,
    { cause },
  );
