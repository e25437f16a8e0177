import type { Command, Option } from './command.ts';
import { EXIT_HELP } from './exit-codes.ts';
import { table } from './table.ts';

const COMMON: readonly Option[] = [
  { name: 'json', help: 'one JSON object instead of text' },
  { name: 'help', help: 'this text' },
];

export const usageOf = ({ name, operands }: Command): string => [name, ...operands].join(' ');

const indented = (rows: readonly (readonly string[])[]): string =>
  table(rows)
    .map((line) => `  ${line}`)
    .join('\n');

const optionRows = (options: readonly Option[]): string[][] =>
  [...options, ...COMMON].map(({ name, value, help }) => [
    value === undefined ? `--${name}` : `--${name} ${value}`,
    help,
  ]);

/** The commands, the options that all of them take, the exit codes. */
export const generalHelp = (commands: readonly Command[]): string =>
  `Usage: npm run admin -- COMMAND [options]

${indented(commands.map((command) => [usageOf(command), command.summary]))}

npm run admin -- COMMAND --help says more about one. All of them take:
${indented(optionRows([]))}

The system is the one that runs on the data folder DATA_DIR (./data), and is asked over admin.sock in there: as the user who runs it.

Exit codes:
${indented(EXIT_HELP.map(([code, meaning]) => [String(code), meaning]))}`;

export const commandHelp = (command: Command): string =>
  `Usage: npm run admin -- ${usageOf(command)} [options]

${[`${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`, ...(command.details ?? [])].join('\n')}

${indented(optionRows(command.options ?? []))}`;
