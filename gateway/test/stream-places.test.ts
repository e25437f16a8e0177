import { expect, it } from 'vitest';
import { createStreamPlaces } from '../src/stream-places.ts';

const session = (n: number, username = 'alice') => ({ username, sessionId: `session${n}` });
const FULL = expect.objectContaining({ code: 'too_many', retryAfter: 30 });

it('gives each of 16 sessions of a user a place, and no more until one leaves', () => {
  const places = createStreamPlaces();
  for (let n = 0; n < 16; n += 1) places.enter(session(n));
  expect(() => places.enter(session(16))).toThrow(FULL);
  places.enter(session(16, 'bob'));
  places.leave(session(3));
  places.enter(session(16));
  expect(() => places.enter(session(3))).toThrow(FULL);
});

it('lets a session open its stream again while its earlier one is there', () => {
  const places = createStreamPlaces(1);
  places.enter(session(1));
  places.enter(session(1));
  places.leave(session(1));
  expect(() => places.enter(session(2))).toThrow(FULL);
  places.leave(session(1));
  places.enter(session(2));
});
