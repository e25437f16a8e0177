import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseMessageSignature,
  signatureBase,
  signMessage,
  verifyMessage,
} from '../src/message-signature.ts';

/** RFC 9421, B.1.5 and B.2.5. */
const RFC_KEY = createSecretKey(
  Buffer.from(
    'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
    'base64',
  ),
);
const RFC_INPUT =
  'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"';
const RFC_SIGNATURE = 'sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:';
const RFC_MESSAGE: Readonly<Record<string, string>> = {
  date: 'Tue, 20 Apr 2021 02:07:55 GMT',
  '@authority': 'example.com',
  'content-type': 'application/json',
};
const componentOf = (name: string) => RFC_MESSAGE[name] ?? null;

describe('a message signature', () => {
  it('is the one of RFC 9421, B.2.5', () => {
    const parsed = parseMessageSignature(RFC_INPUT, RFC_SIGNATURE);
    if (!parsed) throw new Error('it does not parse');
    expect(parsed).toMatchObject({ created: 1_618_884_473, keyId: 'test-shared-secret', nonce: null });
    const base = signatureBase(parsed, componentOf);
    expect(base).toBe(
      [
        '"date": Tue, 20 Apr 2021 02:07:55 GMT',
        '"@authority": example.com',
        '"content-type": application/json',
        '"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
      ].join('\n'),
    );
    expect(verifyMessage(RFC_KEY, base ?? '', parsed.signature)).toBe(true);
    expect(verifyMessage(RFC_KEY, `${base} `, parsed.signature)).toBe(false);
  });

  it('is made as RFC 9421, B.2.5 has it', () => {
    const parameters = { created: 1_618_884_473, keyId: 'test-shared-secret' };
    const made = signMessage(RFC_KEY, Object.keys(RFC_MESSAGE), parameters, componentOf);
    expect(made['signature-input']).toBe(RFC_INPUT.replace('sig-b25', 'sig'));
    expect(made.signature).toBe(RFC_SIGNATURE.replace('sig-b25', 'sig'));
  });

  it('has no base when the message lacks a component, or a value has a line break: it could pretend to be another', () => {
    const list = { components: ['date'], list: '("date")' };
    expect(signatureBase(list, () => null)).toBeNull();
    expect(signatureBase(list, () => 'a\n"@method": GET')).toBeNull();
    expect(() => signMessage(RFC_KEY, ['x'], { created: 1, keyId: 'k' }, () => null)).toThrow(TypeError);
  });

  it.each([
    ['two signatures', `${RFC_INPUT}, b=("date")`, `${RFC_SIGNATURE}, b=:AAAA:`],
    ['another label', RFC_INPUT, RFC_SIGNATURE.replace('sig-b25', 'sig-b26')],
    ['a component twice', 'a=("date" "date");created=1', `a=:${'A'.repeat(43)}=:`],
    ['a component with parameters', 'a=("date";bs);created=1', `a=:${'A'.repeat(43)}=:`],
    ['a parameter twice', 'a=("date");created=1;created=2', `a=:${'A'.repeat(43)}=:`],
    ['another algorithm', 'a=("date");alg="ed25519"', `a=:${'A'.repeat(43)}=:`],
    ['an algorithm that is a number', 'a=("date");alg=1', `a=:${'A'.repeat(43)}=:`],
    ['a fraction of a second', 'a=("date");created=1.5', `a=:${'A'.repeat(43)}=:`],
    ['a signature that is too short', 'a=("date")', 'a=:AAAA:'],
    ['a list that does not end', 'a=("date"', `a=:${'A'.repeat(43)}=:`],
    ['a comma too many', `${RFC_INPUT},`, RFC_SIGNATURE],
    ['an escape', 'a=("da\\"te")', `a=:${'A'.repeat(43)}=:`],
  ])('is none with %s', (_, input, signature) => {
    expect(parseMessageSignature(input, signature)).toBeNull();
  });

  it('is null or sound for any text, and nothing is thrown', () => {
    const part = fc.constantFrom(
      'sig',
      '=',
      '(',
      ')',
      '"',
      'date',
      ' ',
      ';',
      'created',
      '1',
      ':',
      'A',
      '\\',
      ',',
      '\n',
    );
    const text = fc.array(part, { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.oneof(text, fc.constant(`sig=:${'A'.repeat(43)}=:`)), (input, signature) => {
        const parsed = parseMessageSignature(input, signature);
        expect(parsed === null || input === `sig=${parsed.list}`).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
