import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTimestamp, parseTimestamp } from '../src/timestamps.ts';

const millis = fc.integer({ min: Date.UTC(1000, 0), max: Date.UTC(9999, 11, 31) });
const pad = (number: number): string => String(number).padStart(2, '0');

describe('timestamps', () => {
  it('come back as they were formatted', () => {
    fc.assert(
      fc.property(millis, (time) => {
        expect(parseTimestamp(formatTimestamp(time))).toBe(time);
      }),
    );
  });

  it('are formatted as v1 clients write them', () => {
    expect(formatTimestamp(Date.UTC(2026, 0, 4, 10, 30, 0, 123))).toBe('2026-01-04T10:30:00.123000+00:00');
  });

  it('mean the same moment in whatever offset they are written', () => {
    const offset = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2100, 0) }), offset, (time, minutes) => {
        const local = new Date(time + minutes * 60_000).toISOString().replace('Z', '');
        const sign = minutes < 0 ? '-' : '+';
        const written = `${local}${sign}${pad(Math.floor(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`;
        expect(parseTimestamp(written)).toBe(time);
      }),
    );
  });

  it('keep whole milliseconds of a fraction of 1 to 9 digits', () => {
    const start = Date.UTC(2026, 0, 4, 10, 30);
    expect(parseTimestamp('2026-01-04T10:30:00Z')).toBe(start);
    expect(parseTimestamp('2026-01-04T10:30:00.5Z')).toBe(start + 500);
    expect(parseTimestamp('2026-01-04T10:30:00.123456+00:00')).toBe(start + 123);
    expect(parseTimestamp('2026-01-04T10:30:00.999999999+00:00')).toBe(start + 999);
    expect(parseTimestamp('2026-01-04T10:30:00.1234567890+00:00')).toBeNull();
  });

  it.each([
    '2026-01-04T10:30:00.123456', // naive
    '2026-01-04T10:30+00:00', // no seconds
    '2026-01-04 10:30:00+00:00',
    '2026-01-04T10:30:00+0000',
    '2026-01-04T10:30:00+00',
    '2026-01-04t10:30:00z',
    '2026-02-29T10:30:00Z', // no leap year
    '2026-13-01T10:30:00Z',
    '2026-00-01T10:30:00Z',
    '2026-01-00T10:30:00Z',
    '2026-01-32T10:30:00Z',
    '2026-01-04T24:00:00Z',
    '2026-01-04T10:60:00Z',
    '2026-01-04T10:30:60Z',
    '2026-01-04T10:30:00+14:01',
    '2026-01-04T10:30:00+10:60',
    '2026-01-04T10:30:00.Z',
    '0026-01-04T10:30:00Z', // Date.UTC would take it for 1926
    ' 2026-01-04T10:30:00Z',
    '2026-01-04T10:30:00Z\n',
    '1767522600',
    'now',
    '',
  ])('refuse %j', (text) => expect(parseTimestamp(text)).toBeNull());

  it('are null for any other text, and never throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseTimestamp(text)).toBeNull();
      }),
    );
  });
});
