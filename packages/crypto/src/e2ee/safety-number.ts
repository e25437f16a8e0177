import { createHash } from 'node:crypto';
import { encodeList } from './byte-list.ts';

/** Hashes of one side: they make it dear to find a key with a number that looks alike. */
const ITERATIONS = 5_200;
const GROUPS = 6;
const GROUP_BYTES = 5;
const GROUP_DIGITS = 5;

/** What one side's digits stand for. */
export interface SafetySide {
  readonly username: string;
  /** 32 bytes. */
  readonly identityKey: Uint8Array;
  /** SPKI DER. */
  readonly encryptionKey: Uint8Array;
}

/** 60 decimal digits, the same whichever side asks. Takes some milliseconds. */
export function safetyNumber(one: SafetySide, other: SafetySide): string {
  return [digitsOf(one), digitsOf(other)].sort().join('');
}

const digitsOf = ({ username, identityKey, encryptionKey }: SafetySide): string =>
  numericFingerprint({
    version: encodeList(['secure-chat/v2/safety-number']),
    key: encodeList([identityKey, encryptionKey]),
    owner: encodeList([username]),
  });

/** Signal's construction (libsignal, "numeric fingerprint"): 30 decimal digits of one side. */
export function numericFingerprint(side: {
  readonly version: Uint8Array;
  readonly key: Uint8Array;
  readonly owner: Uint8Array;
}): string {
  let hash: Buffer = Buffer.concat([side.version, side.key, side.owner]);
  for (let turn = 0; turn < ITERATIONS; turn++)
    hash = createHash('sha512').update(hash).update(side.key).digest();
  const groups = Array.from({ length: GROUPS }, (_, group) =>
    String(hash.readUIntBE(group * GROUP_BYTES, GROUP_BYTES) % 10 ** GROUP_DIGITS).padStart(
      GROUP_DIGITS,
      '0',
    ),
  );
  return groups.join('');
}
