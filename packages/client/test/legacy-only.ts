import type { Identities } from '../src/identities.ts';
import type { Ratchets } from '../src/ratchets.ts';

const none = (): never => {
  throw new Error('there are no ratchets in this test');
};

/** For tests of what has nothing to do with protocol v2. */
export const NO_RATCHETS: Ratchets = {
  ready: () => false,
  encrypt: none,
  decrypt: none,
  answer: none,
  renew: none,
  acknowledge: none,
  tidy: () => false,
};

/** Nobody has an identity. */
export const NO_IDENTITIES: Identities = {
  lookUp: async () => null,
  lookUpChanged: async () => undefined,
  protection: () => 'legacy',
  assertModern: none,
  safetyNumber: none,
  setVerified: none,
  accept: none,
};
