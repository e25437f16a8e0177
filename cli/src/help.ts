import { DEFAULT_SERVER, PROFILES_HELP } from '@secure-chat/command-line/account-options';
import type { Command, Option } from './command.ts';
import { EXIT_HELP } from './exit-codes.ts';

const COMMON: readonly Option[] = [
  { name: 'server', value: 'URL', help: `the gateway (default ${DEFAULT_SERVER})` },
  { name: 'username', value: 'NAME', help: 'your account (default: the only profile that there is)' },
  {
    name: 'profile',
    value: 'NAME',
    help: 'the local profile: a name, or a path with a slash (default: the user name)',
  },
  { name: 'ca', value: 'FILE', help: 'certificates of authorities, PEM, that may vouch for the server, too' },
  {
    name: 'pin',
    value: 'KEY',
    help: 'the key by which alone the server is known, or first: the one that it shows now, or none: forget it',
  },
  { name: 'insecure-http', help: 'lets plain HTTP leave this machine, in a network of your own' },
  {
    name: 'password-fd',
    value: 'N',
    help: 'reads the password from file descriptor N, up to the end of its first line',
  },
  {
    name: 'keyring',
    help: 'takes the password from the keyring of the system; with register, keeps it there',
  },
  { name: 'help', help: 'this text' },
];

const usageOf = ({ name, operands }: Command): string => `${name} ${operands}`.trim();

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`).join('\n');
}

const optionRow = ({ name, value, help }: Option): readonly [string, string] => [
  value === undefined ? `--${name}` : `--${name} ${value}`,
  help,
];

const exitCodes = (): string =>
  `Exit codes:\n${table([
    ...EXIT_HELP.map(([code, meaning]) => [String(code), meaning] as const),
    ['130, 143', 'ended by SIGINT or SIGTERM; tail then ends with 0'],
  ])}\n`;

/** The commands, the options that all of them take, the exit codes. */
export const generalHelp = (commands: readonly Command[]): string =>
  `Usage: chat COMMAND [options]

${table(commands.map((command) => [usageOf(command), command.summary]))}

chat COMMAND --help says more about one. All of them take:
${table(COMMON.map(optionRow))}

Without --password-fd and --keyring you are asked for the password at the terminal, also while stdin is a pipe.
${PROFILES_HELP}

${exitCodes()}`;

export const commandHelp = (command: Command): string =>
  `Usage: chat ${usageOf(command)} [options]

${[`${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`, ...command.details].join('\n')}

${table([...command.options, ...COMMON].map(optionRow))}

${exitCodes()}`;
