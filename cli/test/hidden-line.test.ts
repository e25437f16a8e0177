import { expect, it } from 'vitest';
import { createHiddenLine } from '../src/hidden-line.ts';

it.each([
  ['secret\r', 'secret', 'done', ''],
  ['secret\nnext', 'secret', 'done', 'next'],
  ['sex\x7fcret\r', 'secret', 'done', ''],
  ['wrong\x15right 🔑\r', 'right 🔑', 'done', ''],
  ['🔑\x7f\x7f\x7fa\r', 'a', 'done', ''],
  ['half', 'half', 'typing', ''],
  ['half\x04', 'half', 'typing', ''],
  ['\x04', '', 'cancelled', ''],
  ['half\x03rest', 'half', 'cancelled', 'rest'],
])('%j', (typed, text, state, rest) => {
  const line = createHiddenLine();
  expect(line.type(typed)).toEqual({ state, rest });
  expect(line.text()).toBe(text);
});
