import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { decodeList, encodeList } from './byte-list.ts';
import {
  type CurveKeyPair,
  exportCurvePrivateKey,
  generateCurveKeyPair,
  importCurvePrivateKey,
} from './curve-keys.ts';

/** What a bundle has and its owner keeps the private halves of. */
export interface Prekeys {
  readonly prekey: CurveKeyPair;
  /** ML-KEM-768: 1,184 and 2,400 bytes. */
  readonly kemPrekey: { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };
}

const TAG = 'secure-chat/v2/prekeys';
/** FIPS 203, ML-KEM-768: bytes of a decapsulation key. */
const KEM_SECRET_BYTES = 2_400;

export const generatePrekeys = (): Prekeys => ({
  prekey: generateCurveKeyPair('X25519'),
  kemPrekey: ml_kem768.keygen(),
});

/** For a client's own sealed storage: both private halves. */
export const encodePrekeys = ({ prekey, kemPrekey }: Prekeys): Buffer =>
  encodeList([TAG, exportCurvePrivateKey(prekey), kemPrekey.secretKey]);

/** Null for what `encodePrekeys` did not write. */
export function decodePrekeys(bytes: Uint8Array): Prekeys | null {
  const parts = decodeList(Buffer.from(bytes), ['tag', 'prekey', 'kemPrekey']);
  const prekey = parts && importCurvePrivateKey('X25519', parts.prekey);
  if (!prekey || parts.tag.toString('latin1') !== TAG || parts.kemPrekey.length !== KEM_SECRET_BYTES)
    return null;
  return {
    prekey,
    kemPrekey: { publicKey: ml_kem768.getPublicKey(parts.kemPrekey), secretKey: parts.kemPrekey },
  };
}
