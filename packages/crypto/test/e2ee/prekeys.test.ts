import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { describe, expect, it } from 'vitest';
import { decodePrekeys, encodePrekeys, generatePrekeys } from '../../src/e2ee/prekeys.ts';

describe('prekeys', () => {
  it('come back as they were, and their halves belong together', () => {
    const made = generatePrekeys();
    const read = decodePrekeys(encodePrekeys(made));
    expect(read?.prekey.publicKey).toEqual(made.prekey.publicKey);
    expect(read?.kemPrekey.publicKey).toEqual(made.kemPrekey.publicKey);
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(made.kemPrekey.publicKey);
    expect(ml_kem768.decapsulate(cipherText, read?.kemPrekey.secretKey ?? new Uint8Array())).toEqual(
      sharedSecret,
    );
  });

  it('are no other bytes, and none that are cut or changed in their form', () => {
    const bytes = encodePrekeys(generatePrekeys());
    expect(decodePrekeys(bytes.subarray(0, -1))).toBeNull();
    expect(decodePrekeys(Buffer.concat([bytes, Buffer.of(0)]))).toBeNull();
    expect(decodePrekeys(Buffer.from('prekeys'))).toBeNull();
    bytes.write('X', 4);
    expect(decodePrekeys(bytes)).toBeNull();
  });
});
