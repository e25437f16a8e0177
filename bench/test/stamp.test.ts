import { expect, it } from 'vitest';
import { sinceStamp, stampedMessage } from '../src/kafka/stamp.ts';
import { MESSAGE } from '../src/signed-request.ts';

it('says when a message was sent, and makes it no longer', () => {
  const before = process.hrtime.bigint();
  const message = stampedMessage();
  expect(message).toHaveLength(MESSAGE.length);
  const tenMsLater = process.hrtime.bigint() + 10_000_000n;
  const ms = sinceStamp(message, tenMsLater);
  expect(ms).toBeGreaterThanOrEqual(10);
  expect(ms).toBeLessThanOrEqual(Number(tenMsLater - before) / 1e6);
});

it('is not in other messages', () => {
  expect(sinceStamp(MESSAGE, 1n)).toBeNull();
});
