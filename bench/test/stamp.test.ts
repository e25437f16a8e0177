import { expect, it } from 'vitest';
import { MESSAGE } from '../src/signed-request.ts';
import { nowMs, stampedMessage, stampOf } from '../src/stamp.ts';

it('says when a message was sent, and makes it no longer', () => {
  const before = nowMs();
  const message = stampedMessage();
  expect(message).toHaveLength(MESSAGE.length);
  expect(stampOf(message)).toBeGreaterThanOrEqual(before);
  expect(stampOf(message)).toBeLessThanOrEqual(nowMs());
});

it('is not in other messages', () => {
  expect(stampOf(MESSAGE)).toBeNull();
});
