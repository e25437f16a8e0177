import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isDeeper } from '../src/json-depth.ts';

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? 1 + Math.max(0, ...Object.values(value).map((inner) => depthOf(inner)))
    : 0;

it('counts as deep as a value is, whatever its texts hold', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const depth = depthOf(value);
      expect(isDeeper(bytes(value), depth)).toBe(false);
      if (depth > 0) expect(isDeeper(bytes(value), depth - 1)).toBe(true);
    }),
    { examples: [[{ '["{\\': [['[[[', '\\"[']] }], [['"', '\\', '[']]] },
  );
});

it('says it of 32,000 brackets, of those that are never closed, and survives what is no JSON', () => {
  expect(isDeeper(Buffer.from('['.repeat(32_000) + ']'.repeat(32_000)), 64)).toBe(true);
  expect(isDeeper(Buffer.from('{"a":'.repeat(65)), 64)).toBe(true);
  expect(isDeeper(Buffer.from('{"a":'.repeat(64)), 64)).toBe(false);
  for (const text of ['', '"', '"\\', ']]]]', '{"a":"\\"'])
    expect(isDeeper(Buffer.from(text), 64)).toBe(false);
});
