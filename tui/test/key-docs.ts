import { KEY_TABLE } from '../src/keys/key-table.ts';

/** The rows of the table in docs/tui.md. */
export const docRows = (): string[] =>
  KEY_TABLE.map(
    ({ mode, name, keys, description }) =>
      `| \`${name}\` | ${mode} | ${keys.map((each) => `\`${each}\``).join(' ')} | ${description} |`,
  );
