import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const DOCUMENT = readFileSync(join(ROOT, 'docs/threat-model.md'), 'utf8');

/** The rows of the tables under "Threats": what is threatened, the defence, the tests. */
const THREATS = DOCUMENT.slice(DOCUMENT.indexOf('## Threats'))
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (threat|---) \|/.test(line))
  .map((line) => {
    const [, threat = '', defence = '', tests = ''] = line.split('|').map((cell) => cell.trim());
    return { threat, defence, tests: [...tests.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file) };
  });

describe('a row of the threat model', () => {
  it('is one of many', () => {
    expect(THREATS.length).toBeGreaterThan(50);
  });

  it.each(THREATS)('names tests that exist, or says why it has none: $threat', ({ defence, tests }) => {
    expect(defence).not.toBe('');
    if (tests.length === 0) expect(defence).toMatch(/\*(accepted|open)\*/);
    for (const file of tests) expect(existsSync(join(ROOT, file)), file).toBe(true);
    for (const file of tests) expect(file).toMatch(/\.ts$/);
  });
});
