import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Call, IDENTITY_MS, signIdentity, verifyIdentity } from '../src/internal-identity.ts';
import { fixedKeys, type Keys } from '../src/service-keys.ts';

const ringOf = (...keys: Keys) => fixedKeys(...keys).for('internal-identity');
const [OLD, NEW] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const KEYS = ringOf(OLD);
const NOW = 1_767_522_600_000;
const CALLER = { username: 'Alice-1', sessionId: 'abcdefghijklmnopqrstuv' };
const CALL: Call = { service: 'relay', method: 'POST', path: '/chat/bob/send', requestId: 'request-0001' };

const header = signIdentity(KEYS, CALLER, CALL, NOW);
const verify = (text: string | undefined, call: Partial<Call> = {}, now = NOW, keys = KEYS) =>
  verifyIdentity(keys, text, { ...CALL, ...call }, now);

describe('an internal identity', () => {
  it('says who calls, or that the gateway calls on nobody’s behalf', () => {
    expect(verify(header)).toEqual({ caller: CALLER, network: '' });
    expect(verify(signIdentity(KEYS, null, CALL, NOW))).toEqual({ caller: null, network: '' });
  });

  it.each(['192.0.2.7', '2001:db8:1:2::/64', 'unknown'])('says that the client is in %s', (network) => {
    for (const caller of [CALLER, null])
      expect(verify(signIdentity(KEYS, caller, CALL, NOW, network))).toEqual({ caller, network });
    const text = signIdentity(KEYS, CALLER, CALL, NOW, network);
    expect(verify(text.replace(network, '192.0.2.8'))).toBeNull();
    expect(verify(text.replace(`.${network}`, '.'))).toBeNull();
  });

  it('holds for 10 s, either way', () => {
    expect(IDENTITY_MS).toBe(10_000);
    for (const skew of [-IDENTITY_MS, IDENTITY_MS]) expect(verify(header, {}, NOW + skew)).not.toBeNull();
    for (const skew of [-IDENTITY_MS - 1, IDENTITY_MS + 1]) expect(verify(header, {}, NOW + skew)).toBeNull();
  });

  it.each<Partial<Call>>([
    { service: 'auth' },
    { method: 'GET' },
    { path: '/chat/carol/send' },
    { path: '/chat/bob/send?x' },
    { requestId: 'request-0002' },
  ])('does not open %j', (other) => {
    expect(verify(header, other)).toBeNull();
  });

  it('is worth nothing under another key', () => {
    expect(verify(header, {}, NOW, ringOf(NEW))).toBeNull();
  });

  it('is signed under the newest key, which it names, and verified under any that there is', () => {
    const both = ringOf(NEW, OLD);
    expect(verify(header, {}, NOW, both)).toEqual({ caller: CALLER, network: '' });
    const newer = signIdentity(both, CALLER, CALL, NOW);
    expect(verify(newer, {}, NOW, both)).toEqual({ caller: CALLER, network: '' });
    expect(verify(newer)).toBeNull();
    const [oldId, newId] = [KEYS.newest().id, both.newest().id];
    expect(verify(header.replace(oldId, newId), {}, NOW, both)).toBeNull();
  });

  it('cannot be changed in any part', () => {
    const [issuedAt, username, sessionId, network, id, mac = ''] = header.split('.');
    const forged = [
      [NOW + 1, username, sessionId, network, id, mac],
      [issuedAt, 'Alice-2', sessionId, network, id, mac],
      [issuedAt, username, 'abcdefghijklmnopqrstuw', network, id, mac],
      [issuedAt, '', '', network, id, mac],
      [issuedAt, username, sessionId, network, id, 'A'.repeat(43)],
      [issuedAt, username, sessionId, network, id, mac.slice(1)],
      [issuedAt, `${username}${sessionId}`, '', network, id, mac],
      [issuedAt, username, sessionId, network, '00000000', mac],
      [issuedAt, username, sessionId, id, mac],
      [issuedAt, username, sessionId, '192.0.2.7', id, mac],
    ];
    for (const parts of forged) expect(verify(parts.join('.'))).toBeNull();
  });

  it('is refused, and nothing is thrown, for anything else', () => {
    for (const text of [undefined, '', '.', '...', `${header}.`, ` ${header}`, `${header}\n`]) {
      expect(verify(text)).toBeNull();
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(verify(text)).toBeNull();
      }),
    );
  });
});
