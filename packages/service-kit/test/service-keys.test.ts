import { describe, expect, it } from 'vitest';
import { createServiceKeys, deriveKey, fixedKeys, type Keys, keyId } from '../src/service-keys.ts';

const [OLD, NEW] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

describe('the keys for a purpose', () => {
  it('are derived for it from each service key, newest first, and have that one’s id', () => {
    const keys = fixedKeys(NEW, OLD);
    const expected = [NEW, OLD].map((key) => ({ id: keyId(key), bytes: deriveKey(key, 'seal') }));
    expect(keys.for('seal').all()).toEqual(expected);
    expect(keys.for('seal').newest()).toEqual(expected[0]);
    expect(keys.for('seal').find(keyId(OLD))).toEqual(expected[1]);
    expect(keys.for('seal').find('00000000')).toBeNull();
    expect(keys.for('other').newest().bytes).not.toEqual(expected[0]?.bytes);
  });

  it('are at each moment those that there are', () => {
    let now: Keys = [OLD];
    const keys = createServiceKeys({ read: () => now, source: 'a test' });
    const ring = keys.for('seal');
    expect(ring.newest().id).toBe(keyId(OLD));
    now = [NEW, OLD];
    expect(ring.newest().id).toBe(keyId(NEW));
    expect(ring.find(keyId(OLD))).not.toBeNull();
    now = [NEW];
    expect(ring.find(keyId(OLD))).toBeNull();
    expect(keys.replace).toBeNull();
  });

  it('are called by 8 hex digits', () => {
    expect(keyId(OLD)).toMatch(/^[0-9a-f]{8}$/);
    expect(keyId(OLD)).not.toBe(keyId(NEW));
  });
});

describe('a derived key', () => {
  it('is the one that pyca/cryptography derives', () => {
    // HKDF(SHA256(), 32, salt=None, info=b'secure-chat/seal/v1').derive(bytes(range(32))).hex()
    const serviceKey = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
    expect(deriveKey(serviceKey, 'seal').toString('hex')).toBe(
      '7235c74ebb037c8b06c50239c25ac6cb1243275fcf85c3a40156b980f454749f',
    );
  });

  it('is another one for another purpose or another service key', () => {
    const [one, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const keys = [deriveKey(one, 'seal'), deriveKey(one, 'decoys'), deriveKey(other, 'seal')];
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(3);
  });
});
