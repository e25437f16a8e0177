import { expect, it } from 'vitest';
import { formatTraceparent, parseTraceparent } from '../../src/tracing/traceparent.ts';

const PLACE = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: true };
const TEXT = `00-${PLACE.traceId}-${PLACE.spanId}-01`;

it('comes back as it was written, recorded or not', () => {
  expect(formatTraceparent(PLACE)).toBe(TEXT);
  expect(parseTraceparent(TEXT)).toEqual(PLACE);
  const unrecorded = { ...PLACE, sampled: false };
  expect(parseTraceparent(formatTraceparent(unrecorded))).toEqual(unrecorded);
});

it('reads the one flag that it knows among others, and a version to come', () => {
  expect(parseTraceparent(`00-${PLACE.traceId}-${PLACE.spanId}-03`)).toEqual(PLACE);
  expect(parseTraceparent(`01-${PLACE.traceId}-${PLACE.spanId}-01-more`)).toEqual(PLACE);
});

it.each([
  undefined,
  '',
  ['two', 'of them'],
  TEXT.toUpperCase(),
  `${TEXT}, ${TEXT}`,
  `ff${TEXT.slice(2)}`,
  `00-${'0'.repeat(32)}-${PLACE.spanId}-01`,
  `00-${PLACE.traceId}-${'0'.repeat(16)}-01`,
])('is none in %j', (text) => {
  expect(parseTraceparent(text)).toBeNull();
});
