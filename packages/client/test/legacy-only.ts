import type { Identities } from '../src/identities.ts';
import type { Ratchets } from '../src/ratchets.ts';
import type { Session } from '../src/session.ts';

const none = (): never => {
  throw new Error('there are no ratchets in this test');
};

/** For tests of what has nothing to do with protocol v2. */
export const NO_RATCHETS: Ratchets = {
  current: () => null,
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

/** Of a session whose server has no stream. */
export const NO_STREAM: Session['stream'] = async () => {
  throw new Error('there is no stream in this test');
};
