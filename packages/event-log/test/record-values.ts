import fc from 'fast-check';

/** Text of every kind that UTF-8 can hold. */
const text = fc.string({ unit: 'binary' });
const moment = fc.maxSafeNat().filter((value) => value < Number.MAX_SAFE_INTEGER);

/** Any record of each kind. */
export const ANY = {
  user: fc.record({ username: text, publicKey: text, registeredAt: moment, deletedAt: moment }),
  session: fc.record({
    sessionId: text,
    username: text,
    sealedKey: text,
    openedAt: moment,
    signatures: fc.constantFrom('v1', 'v2'),
  }),
  presence: fc.record({ username: text, online: fc.boolean(), at: moment }),
  keyLog: fc.record({
    index: moment,
    username: text,
    kind: text,
    content: text,
    at: moment,
    hash: text,
    bundle: text,
  }),
  message: fc.record({ id: text, sender: text, message: text, sentAt: moment, trace: text }),
  key: fc.record({ id: text, sender: text, encryptedKey: text, sentAt: moment, trace: text }),
  signatures: fc.record({ gateway: text, entries: text }),
  usage: fc.record({ gateway: text, at: moment, uses: text }),
};

export const KINDS = ['user', 'session', 'presence', 'keyLog', 'message', 'key'] as const;
