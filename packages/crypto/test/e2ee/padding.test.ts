import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pad, unpad } from '../../src/e2ee/padding.ts';

it.each([
  [0, 256],
  [252, 256],
  [253, 1_024],
  [1_020, 1_024],
  [1_021, 4_096],
  [4_093, 16_384],
  [16_380, 16_384],
  [16_381, 32_768],
  [32_765, 49_152],
])('a body of %s bytes is padded to %s', (body, padded) => {
  expect(pad(Buffer.alloc(body, 1))).toHaveLength(padded);
});

it('comes off again', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5_000 }), (body) => {
      expect(unpad(pad(body))).toEqual(Buffer.from(body));
    }),
  );
});

it('has one form: other sizes, and anything in place of a zero, are refused', () => {
  const padded = pad(Buffer.from('text'));
  expect(unpad(padded.subarray(0, -1))).toBeNull();
  expect(unpad(Buffer.concat([padded, Buffer.of(0)]))).toBeNull();
  expect(unpad(Buffer.concat([padded, Buffer.alloc(768)]))).toBeNull();
  const changed = Buffer.from(padded);
  changed[255] = 1;
  expect(unpad(changed)).toBeNull();
  expect(unpad(Buffer.from('ffffffff', 'hex'))).toBeNull();
  expect(unpad(Buffer.alloc(3))).toBeNull();
});
