import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Call, IDENTITY_MS, signIdentity, verifyIdentity } from '../src/internal-identity.ts';

const KEY = Buffer.alloc(32, 1);
const NOW = 1_767_522_600_000;
const CALLER = { username: 'Alice-1', sessionId: 'abcdefghijklmnopqrstuv' };
const CALL: Call = { service: 'relay', method: 'POST', path: '/chat/bob/send', requestId: 'request-0001' };

const header = signIdentity(KEY, CALLER, CALL, NOW);
const verify = (text: string | undefined, call: Partial<Call> = {}, now = NOW, key = KEY) =>
  verifyIdentity(key, text, { ...CALL, ...call }, now);

describe('an internal identity', () => {
  it('says who calls, or that the gateway calls on nobody’s behalf', () => {
    expect(verify(header)).toEqual({ caller: CALLER });
    expect(verify(signIdentity(KEY, null, CALL, NOW))).toEqual({ caller: null });
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
    expect(verify(header, {}, NOW, Buffer.alloc(32, 2))).toBeNull();
  });

  it('cannot be changed in any part', () => {
    const [issuedAt, username, sessionId, mac = ''] = header.split('.');
    const forged = [
      [NOW + 1, username, sessionId, mac],
      [issuedAt, 'Alice-2', sessionId, mac],
      [issuedAt, username, 'abcdefghijklmnopqrstuw', mac],
      [issuedAt, '', '', mac],
      [issuedAt, username, sessionId, 'A'.repeat(43)],
      [issuedAt, username, sessionId, mac.slice(1)],
      [issuedAt, `${username}${sessionId}`, '', mac],
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
