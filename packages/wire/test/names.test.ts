import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldName, isUsername, keyTopic, messageTopic, USERNAME_MAX } from '../src/names.ts';

const FIRST = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const DEVICES = new Set([
  ...['con', 'prn', 'aux', 'nul'],
  ...Array.from({ length: 10 }, (_, digit) => [`com${digit}`, `lpt${digit}`]).flat(),
]);

const username = fc
  .tuple(
    fc.constantFrom(...FIRST),
    fc.string({ unit: fc.constantFrom(...FIRST, '_', '-'), maxLength: USERNAME_MAX - 1 }),
  )
  .map((parts) => parts.join(''))
  .filter((name) => !DEVICES.has(name.toLowerCase()));

describe('user names', () => {
  it('are 1 to 32 of the allowed characters, the first a letter or a digit', () => {
    fc.assert(
      fc.property(username, (name) => {
        expect(isUsername(name)).toBe(true);
      }),
    );
  });

  it('are refused as soon as one character is not allowed, wherever it stands', () => {
    const other = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 });
    fc.assert(
      fc.property(username, other, fc.nat(), (name, bad, at) => {
        fc.pre(!/^[A-Za-z0-9_-]$/.test(bad));
        const place = at % (name.length + 1);
        expect(isUsername(name.slice(0, place) + bad + name.slice(place))).toBe(false);
      }),
    );
  });

  it('have at most 32 characters', () => {
    expect(isUsername('a'.repeat(32))).toBe(true);
    expect(isUsername('a'.repeat(33))).toBe(false);
    expect(isUsername('')).toBe(false);
  });

  it.each([...DEVICES])('are not the device name %s, in any case', (device) => {
    expect(isUsername(device)).toBe(false);
    expect(isUsername(device.toUpperCase())).toBe(false);
    expect(isUsername(`${device}-`)).toBe(true);
  });

  it.each(['-a', '_a', 'a b', 'a.b', '../x', 'a/b', 'a\n', '\na', 'a\0', 'аlice', 'alıce', 'ａlice'])(
    'refuse %j',
    (name) => expect(isUsername(name)).toBe(false),
  );

  it('are one user when they differ only in case', () => {
    fc.assert(
      fc.property(username, (name) => {
        expect(foldName(name.toUpperCase())).toBe(foldName(name.toLowerCase()));
      }),
    );
  });
});

describe('topic names', () => {
  it('never meet: no two users share one, and no message topic is a key topic', () => {
    fc.assert(
      fc.property(username, username, (one, other) => {
        expect(messageTopic(one)).not.toBe(keyTopic(other));
        if (one !== other) expect(messageTopic(one)).not.toBe(messageTopic(other));
      }),
    );
  });

  it('leave key_bob out of the key topic of bob', () => {
    expect(messageTopic('key_bob')).toBe('user_queue_key_bob');
    expect(keyTopic('bob')).toBe('user_keys_bob');
  });

  it('stay within the 249 characters of Kafka', () => {
    expect(messageTopic('a'.repeat(USERNAME_MAX)).length).toBeLessThan(249);
  });
});
