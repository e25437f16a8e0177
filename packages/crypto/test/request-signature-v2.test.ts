import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importSessionKey } from '../src/request-signature.ts';
import { readRequestSignatureV2, signRequestV2, type WireRequest } from '../src/request-signature-v2.ts';

const key = importSessionKey('ab'.repeat(32));
const signer = { sessionId: 'S'.repeat(22), key, created: 1_767_522_600, nonce: 'n'.repeat(22) };

const word = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/);
const anyRequest = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  authority: word,
  target: fc
    .tuple(word, fc.option(word, { nil: null }))
    .map(([path, query]) => `/${path}${query === null ? '' : `?${query}`}`),
  headers: fc.constant({}),
  body: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
});

const sign = (request: WireRequest, by = signer): WireRequest => ({
  ...request,
  headers: { ...request.headers, ...signRequestV2(by, request) },
});
const isSigned = (request: WireRequest, meaningful?: readonly string[]): boolean =>
  readRequestSignatureV2(request, meaningful)?.verify(key) ?? false;

describe('a request signature v2', () => {
  it('is the one that OpenSSL computes, as docs/protocol.md shows it', () => {
    const request = {
      method: 'POST',
      authority: '127.0.0.1:8000',
      target: '/chat/bob/send',
      headers: {},
      body: Buffer.from('{"message":"hello"}'),
    };
    const by = { ...signer, sessionId: 'QmVpbmcgYSBzZXNzaW9uIQ', nonce: 'VGhpcyBpcyBhIG5vbmNlLg' };
    const documented = readFileSync(join(import.meta.dirname, '../../../docs/protocol.md'), 'utf8');
    const headers = signRequestV2(by, request);
    expect(headers.signature).toBe('sig=:ue9iImQfEVpvbyAmJKNR6t+0c7uKlUD66qYy2Wt+mMQ=:');
    expect(documented).toContain(`Content-Digest: ${headers['content-digest']}\n`);
    expect(documented).toContain(`Signature-Input: ${headers['signature-input']}\n`);
    expect(documented).toContain(`Signature: ${headers.signature}\n`);
  });

  it('verifies for what was signed, and says who signed it, when, with which nonce', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const signed = sign(request);
        expect(isSigned(signed)).toBe(true);
        expect(readRequestSignatureV2(signed)).toMatchObject({
          sessionId: signer.sessionId,
          created: signer.created * 1000,
          nonce: signer.nonce,
        });
      }),
    );
  });

  it('verifies for no other method, authority, path, query or body, in whatever byte it differs', () => {
    const parts = fc.constantFrom('method', 'authority', 'target', 'body');
    fc.assert(
      fc.property(anyRequest, parts, fc.nat(), fc.integer({ min: 1, max: 255 }), (request, part, at, by) => {
        const bytes = Buffer.from(request[part]);
        fc.pre(bytes.length > 0);
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ by;
        const changed = part === 'body' ? bytes : bytes.toString('latin1');
        expect(isSigned({ ...sign(request), [part]: changed })).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('verifies with no byte of a header of its own changed: nonce, time, session, digest, signature', () => {
    const names = fc.constantFrom('signature-input', 'signature', 'content-digest');
    fc.assert(
      fc.property(anyRequest, names, fc.nat(), fc.integer({ min: 1, max: 127 }), (request, name, at, by) => {
        const signed = sign(request);
        const bytes = Buffer.from(String(signed.headers[name]));
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ by;
        const changed = { ...signed, headers: { ...signed.headers, [name]: bytes.toString('latin1') } };
        // The label is no part of what is signed, and the last bits before the padding of base64 none of the bytes.
        const same = readRequestSignatureV2(changed)?.signature.equals(
          readRequestSignatureV2(signed)?.signature ?? Buffer.alloc(0),
        );
        expect(isSigned(changed) && !(name === 'signature' && same)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('verifies under no other key', () => {
    const request = sign({ method: 'GET', authority: 'a', target: '/', headers: {}, body: Buffer.alloc(0) });
    expect(readRequestSignatureV2(request)?.verify(importSessionKey('ac'.repeat(32)))).toBe(false);
  });

  it('tells a path with an empty query from one with none only by what RFC 9421 has it tell: not at all', () => {
    const request = { method: 'GET', authority: 'a', target: '/x', headers: {}, body: Buffer.alloc(0) };
    expect(isSigned({ ...sign(request), target: '/x?' })).toBe(true);
    expect(isSigned({ ...sign(request), target: '/x?y' })).toBe(false);
  });

  it('covers a header that means something, where it came', () => {
    const request = { method: 'GET', authority: 'a', target: '/', body: Buffer.alloc(0) };
    const headers = { 'last-event-id': '1.1' };
    const covering = sign({ ...request, headers });
    expect(isSigned(covering, ['last-event-id'])).toBe(true);
    expect(isSigned({ ...covering, headers: { ...covering.headers, 'last-event-id': '0.0' } })).toBe(false);
    expect(isSigned(sign({ ...request, headers: {} }), ['last-event-id'])).toBe(true);
    const added = sign({ ...request, headers: {} });
    const later = { ...added, headers: { ...added.headers, ...headers } };
    expect(isSigned(later, ['last-event-id'])).toBe(false);
  });

  it.each(['@method', '@authority', '@path', '@query', 'content-digest'])(
    'is none when it does not cover %s',
    (name) => {
      const request = sign({
        method: 'GET',
        authority: 'a',
        target: '/',
        headers: {},
        body: Buffer.alloc(0),
      });
      const input = String(request.headers['signature-input']);
      const without = input.replace(` "${name}"`, '').replace(`"${name}" `, '');
      expect(without).not.toBe(input);
      const headers = { ...request.headers, 'signature-input': without };
      expect(readRequestSignatureV2({ ...request, headers })).toBeNull();
    },
  );

  it.each(['', 'short', 'a'.repeat(65), `${'a'.repeat(20)} b`])(
    'is none with a nonce such as %j',
    (nonce) => {
      const request = { method: 'GET', authority: 'a', target: '/', headers: {}, body: Buffer.alloc(0) };
      expect(readRequestSignatureV2(sign(request, { ...signer, nonce }))).toBeNull();
    },
  );
});
