import type { Readable, Writable } from 'node:stream';
import type { ChatClient, createAccount, signIn } from '@secure-chat/client/chat-client';
import { clientLabel } from '@secure-chat/client/client-label';
import { isExposed } from '@secure-chat/client/server-trust';
import { DEFAULT_SERVER, type Surroundings } from '@secure-chat/command-line/account-options';
import { profileNames, profilesFolder } from '@secure-chat/command-line/profiles';
import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { type Arguments, parseArguments } from './arguments.ts';
import type { Command, OwnPassword, Work } from './command.ts';
import { COMMANDS } from './commands.ts';
import { type CliError, EXIT, endOf, offlineError, usageError } from './exit-codes.ts';
import { commandHelp, generalHelp } from './help.ts';
import { createOutput, type Output } from './output.ts';
import { type PasswordSources, readPassword } from './password.ts';
import { createTimeLimit, type TimeLimit } from './time-limit.ts';

/** How a signal ended a command: 128 and its number, as a shell has it. */
export const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
export type EndingSignal = keyof typeof SIGNAL_CODES;

/** What the program runs in. */
export interface World extends Surroundings {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  /** Calls back when nobody reads stdout any more; gives back what ends the watch. */
  readonly watchReader: (onGone: () => void) => () => void;
  readonly stderr: { write(text: string): unknown };
  readonly passwords: PasswordSources;
  readonly accounts: { readonly createAccount: typeof createAccount; readonly signIn: typeof signIn };
  /** Aborted by a signal, with its name as the reason. */
  readonly signal: AbortSignal;
}

/** In the list of the account's sessions. */
const LABEL = clientLabel('command line');

/** Runs one command to its end. Resolves to the exit code; throws what is no refusal. */
export async function runChat(args: readonly string[], world: World): Promise<number> {
  const { stderr, signal } = world;
  const out = createOutput(world.stdout);
  const ending = AbortSignal.any([signal, out.closed]);
  const [name, ...rest] = args;
  const command = COMMANDS.find((candidate) => candidate.name === name);
  try {
    if (name === '--help' || name === '-h' || name === 'help') {
      await out.line(generalHelp(COMMANDS).trimEnd());
      return EXIT.ok;
    }
    if (!command) throw unknownCommand(name);
    const parsed = parseArguments(command, rest, world);
    if (parsed.help) {
      await out.line(commandHelp(command).trimEnd());
      return EXIT.ok;
    }
    // What follows writes nothing, for hours maybe, by which it would notice.
    const unwatch = command.follows ? world.watchReader(out.close) : () => undefined;
    await runCommand(command, parsed, world, out, ending).finally(unwatch);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof Ended) return endedBy(command, signal);
    const { exitCode, sentence } = endOf(error);
    stderr.write(`chat: ${sentence}\n`);
    return exitCode;
  }
}

/** A signal came, or the reader has gone. */
class Ended extends Error {}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, fail) => {
    const end = (): void => fail(new Ended());
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });

/** A reader that has enough is no failure. */
function endedBy(command: Command | undefined, signal: AbortSignal): number {
  if (!signal.aborted || command?.follows) return EXIT.ok;
  return signal.reason === 'SIGTERM' ? SIGNAL_CODES.SIGTERM : SIGNAL_CODES.SIGINT;
}

function unknownCommand(name: string | undefined): CliError {
  const names = COMMANDS.map((command) => command.name).join(', ');
  return usageError(
    `${name === undefined ? 'Which command?' : `There is no command ${JSON.stringify(name)}.`} There are ${names}; --help says more.`,
  );
}

async function runCommand(
  command: Command,
  parsed: Arguments,
  world: World,
  out: Output,
  ending: AbortSignal,
): Promise<void> {
  const work = command.prepare(parsed.input);
  if (parsed.password.fd !== null && parsed.password.keyring && command.account === 'known')
    throw usageError('--password-fd and --keyring are two places for one password. Give one of them.');
  if (parsed.password.fd === 0 && command.readsStdin(parsed.input))
    throw usageError('Descriptor 0 is what is to be sent. Give the password by another descriptor.');
  const limit = createTimeLimit(command.seconds(parsed.input));
  const entering = enter(command, parsed, world, limit);
  const { client, profile, password } = await Promise.race([entering, aborted(ending)]).catch(
    (error: unknown) => {
      // Who is opened too late is closed again, should this process go on.
      if (error instanceof Ended)
        entering.then(
          (late) => late.client.close(),
          () => undefined,
        );
      throw error;
    },
  );
  const entered = { client, profile, password, limit, isPinned: parsed.account.trust.pin !== null };
  try {
    await Promise.race([useClient(entered, command, work, world, out, ending), aborted(ending)]);
  } finally {
    // A command leaves no session behind: a user has 32.
    await client.logout();
  }
}

async function useClient(
  {
    client,
    profile,
    password,
    limit,
    isPinned,
  }: Entered & { readonly limit: TimeLimit; readonly isPinned: boolean },
  command: Command,
  work: Work,
  { stderr, stdin }: World,
  out: Output,
  ending: AbortSignal,
): Promise<void> {
  const say = (sentence: string): void => void stderr.write(`chat: ${sanitise(sentence)}\n`);
  const state = client.state();
  if (command.online && state.kind === 'offline') throw offlineError(state);
  if (isPinned && state.kind === 'online')
    say(
      client.serverKey === null
        ? `No key of ${client.server} is remembered: authorities vouch for it.`
        : `${client.server} is known by its key ${client.serverKey}, which is remembered.`,
    );
  if (isExposed(client.server))
    say(`warning: ${client.server} is without TLS: others on the way can read who writes to whom.`);
  if (command.name !== 'warnings') for (const warning of client.warnings()) say(`warning: ${warning}`);
  await work({ client, profile, password, stdin, out, say, ending, limit });
}

interface Entered {
  readonly client: ChatClient;
  /** Its folder. */
  readonly profile: string;
  readonly password: OwnPassword;
}

/** Opens the profile, or makes the account. */
async function enter(command: Command, parsed: Arguments, world: World, limit: TimeLimit): Promise<Entered> {
  const { account, password: options } = parsed;
  const isNew = command.account === 'new';
  const username = account.username ?? onlyProfile(parsed, isNew, world);
  const profile = account.profileOf(username);
  const password = await readPassword({ username, profile, isNew, options }, world.passwords);
  const own: OwnPassword = {
    current: password,
    askNew: (fd) =>
      readPassword({ username, profile, isNew: true, options: { fd, keyring: false } }, world.passwords),
    async keep(next) {
      if (options.keyring) await world.passwords.keyring.store(profile, next);
    },
  };
  if (!isNew) {
    // The profile that is named after its user says itself whose it is.
    const whose = {
      server: account.server,
      username: account.ownProfile ? username : null,
      trust: account.trust,
      label: LABEL,
    };
    const opening = world.accounts.signIn({ ...whose, profile, password });
    return { profile, password: own, client: await limit.within(opening, (late) => late.close()) };
  }
  const server = account.server ?? DEFAULT_SERVER;
  const client = await world.accounts.createAccount({
    server,
    username,
    profile,
    password,
    trust: account.trust,
    label: LABEL,
    invite: parsed.input.text('invite') ?? undefined,
  });
  await own.keep(password).catch(async (error: unknown) => {
    await client.close();
    throw error;
  });
  return { profile, password: own, client };
}

/** The name of the account that is the only one on this machine. Throws CliError usage. */
function onlyProfile({ account }: Arguments, isNew: boolean, { env }: World): string {
  if (isNew || account.ownProfile) throw usageError('Whose account? Give --username NAME.');
  const names = profileNames(profilesFolder(env));
  const [name] = names;
  if (name !== undefined && names.length === 1) return name;
  throw usageError(
    names.length === 0
      ? 'There is no account on this machine yet. Make one: chat register --username NAME.'
      : `Whose account? There are ${names.join(', ')}: give --username NAME.`,
  );
}
