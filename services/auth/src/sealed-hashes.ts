import { AppError } from '@secure-chat/service-kit/app-error';
import type { RegistrationKey } from './registration-key.ts';

/** Printable ASCII without the separator: 64 hex digits from a v1 client, opaque to us. */
const PASSWORD_HASH = /^[\x21-\x7b\x7d\x7e]{1,128}$/;

/**
 * The password hashes in a payload `OAEP256(server, "<hash>|...|<nonce>")`, so many as are expected. Throws `bad_payload` when
 * it does not decrypt to them and the nonce that came beside it.
 */
export function sealedHashes(
  key: RegistrationKey,
  { nonce, payload }: { readonly nonce: string; readonly payload: string },
  count: number,
): readonly string[] {
  const parts = (key.decrypt(payload) ?? '').split('|');
  const hashes = parts.slice(0, -1);
  const sound = parts.at(-1) === nonce && hashes.length === count;
  if (!sound || !hashes.every((hash) => PASSWORD_HASH.test(hash))) throw new AppError('bad_payload');
  return hashes;
}
