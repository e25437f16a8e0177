import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RULES, type Rule } from '@secure-chat/gateway/policy/rules';
import {
  BUNDLES_PER_HOUR,
  KEYS_WAITING_MAX,
  MESSAGES_WAITING_MAX,
  NEARLY_FULL_PER_HOUR,
  STREAMS_PER_USER_MAX,
} from '@secure-chat/wire/limits';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const DOCUMENT = readFileSync(join(ROOT, 'docs/limits.md'), 'utf8');

/** The cells of the rows below a heading. */
const rowsBelow = (heading: string): string[][] =>
  (DOCUMENT.split(/^## /m).find((part) => part.startsWith(heading)) ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const coversOf = ({ covers }: Rule): string =>
  covers === 'others'
    ? 'all other signed ones'
    : covers.map((name) => `\`${name.replace(':username', '{name}')}\``).join(', ');
const SCOPES = { address: 'address', user: 'user', pair: 'user and recipient' };

it('the table of rates in docs/limits.md is the one of the gateway', () => {
  const rules: readonly Rule[] = RULES;
  expect(rowsBelow('Rates')).toEqual(
    rules.map((rule) => [
      `\`${rule.name}\``,
      SCOPES[rule.scope],
      coversOf(rule),
      `\`${rule.rate}\``,
      rule.reason,
    ]),
  );
});

describe('the table of amounts in docs/limits.md', () => {
  const rows = rowsBelow('Amounts');

  it.each(rows)(
    'says of "%s" (%s) a number, and a test that exists',
    (_what, number, _of, _sees, reason, _setting, tests = '') => {
      expect(number).toMatch(/\d/);
      expect(reason).not.toBe('');
      const files = [...tests.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
      expect(files).not.toEqual([]);
      for (const file of files) expect(existsSync(join(ROOT, file)), file).toBe(true);
    },
  );

  it.each([
    ['messages that wait', MESSAGES_WAITING_MAX],
    ['keys that wait', KEYS_WAITING_MAX],
    ['records into a mailbox that is half full', NEARLY_FULL_PER_HOUR],
    ['sessions with a stream', STREAMS_PER_USER_MAX],
    ['bundles', BUNDLES_PER_HOUR],
  ])('has the number of the code: %s', (what, number) => {
    const [, said = ''] = rows.find(([first]) => first === what) ?? [];
    expect(Number.parseInt(said.replaceAll(',', ''), 10)).toBe(number);
  });
});
