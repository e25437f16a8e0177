import { hkdfSync, randomBytes } from 'node:crypto';

export const KEY_BYTES = 32;

/** Newest first; there is always one. */
export type Keys<K = Buffer> = readonly [K, ...K[]];

/** A key for one purpose. Its id is that of the service key that it was derived from: 8 hex digits, which tell nothing of it. */
export interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

/** The keys for one purpose, as they are now: keys come and go while a process runs. */
export interface Keyring {
  /** The one under which all is made. */
  newest(): Key;
  /** Null for one that is not known, or not any more. */
  find(id: string): Key | null;
  all(): Keys<Key>;
}

/** The keys that all services of an installation share. */
export interface ServiceKeys {
  all(): Keys;
  for(purpose: string): Keyring;
  /** Puts these in their place, durably and at once; null where that is up to the operator. */
  readonly replace: ((keys: Keys) => void) | null;
  /** What holds them, as a person calls it. */
  readonly source: string;
}

export interface ServiceKeysParts {
  /** The keys as they are now; the same array for as long as they are the same. */
  readonly read: () => Keys;
  readonly replace?: (keys: Keys) => void;
  readonly source: string;
}

export const createServiceKeys = ({ read, replace, source }: ServiceKeysParts): ServiceKeys => ({
  all: read,
  for(purpose) {
    const derived = ([first, ...others]: Keys): Keys<Key> => {
      const key = (serviceKey: Buffer): Key => ({
        id: keyId(serviceKey),
        bytes: deriveKey(serviceKey, purpose),
      });
      return [key(first), ...others.map(key)];
    };
    let known = read();
    let keys = derived(known);
    const all = (): Keys<Key> => {
      const now = read();
      if (now !== known) keys = derived(now);
      known = now;
      return keys;
    };
    return { all, newest: () => all()[0], find: (id) => all().find((key) => key.id === id) ?? null };
  },
  replace: replace ?? null,
  source,
});

/** A key that is none of these, nor is called like one of them. */
export function newKey(others: Keys): Buffer {
  const key = randomBytes(KEY_BYTES);
  return others.some((other) => keyId(other) === keyId(key)) ? newKey(others) : key;
}

/** Keys that stay as they are. */
export const fixedKeys = (...keys: Keys): ServiceKeys =>
  createServiceKeys({ read: () => keys, source: 'the program' });

/** A 32-byte key for one purpose: HKDF-SHA256 (RFC 5869) of the service key. */
export const deriveKey = (serviceKey: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', serviceKey, new Uint8Array(), `secure-chat/${purpose}/v1`, KEY_BYTES));

/** What values that were made under a service key, or one derived from it, call it: 8 hex digits. */
export const keyId = (serviceKey: Uint8Array): string =>
  deriveKey(serviceKey, 'key-id').subarray(0, 4).toString('hex');
