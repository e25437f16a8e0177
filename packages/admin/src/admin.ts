import { type Environment, path } from '@secure-chat/service-kit/config';
import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { parseArguments } from './arguments.ts';
import type { Command, Surroundings } from './command.ts';
import { COMMANDS } from './commands.ts';
import { createConnection } from './connection.ts';
import { AdminError, EXIT, usageError } from './exit-codes.ts';
import { commandHelp, generalHelp } from './help.ts';

/** What the program runs in. */
export interface World {
  readonly env: Environment;
  /** Folder that relative paths start from. */
  readonly cwd: string;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly confirm: Surroundings['confirm'];
}

/** Runs one command to its end. Resolves to the exit code; throws what is no refusal. */
export async function runAdmin(args: readonly string[], world: World): Promise<number> {
  const { stdout, stderr } = world;
  try {
    stdout.write(`${await answer(args, world)}\n`);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    stderr.write(`admin: ${sanitise(error.message)}\n`);
    return error.exitCode;
  }
}

async function answer([name, ...rest]: readonly string[], world: World): Promise<string> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help')
    return generalHelp(COMMANDS);
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command) throw unknownCommand(name);
  const { help, json, input } = parseArguments(command, rest, world.cwd);
  if (help) return commandHelp(command);
  const dataDir = dataFolder(world.env);
  const server = createConnection(dataDir);
  const outcome = await command.run(input, { server, dataDir, confirm: world.confirm });
  return json ? JSON.stringify(outcome.json) : outcome.lines.map((line) => sanitise(line)).join('\n');
}

function unknownCommand(name: string): AdminError {
  const names = COMMANDS.map((command: Command) => command.name).join(', ');
  return usageError(`There is no command ${JSON.stringify(name)}. There are ${names}; --help says more.`);
}

function dataFolder(env: Environment): string {
  const setting = path('data')(env.DATA_DIR || undefined, env);
  if ('error' in setting) throw usageError(`DATA_DIR ${setting.error}.`);
  return setting.value;
}
