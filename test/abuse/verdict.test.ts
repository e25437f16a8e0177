import { describe, expect, it } from 'vitest';
import { ATTACKS } from './attacks.ts';
import { DESCRIPTORS_MORE, RATIO_MAX, RSS_MAX, RSS_MORE } from './bounds.ts';
import type { Row } from './measure.ts';
import { markdown } from './report.ts';
import { QUICK, WHOLE } from './scale.ts';
import { wrongWith } from './verdict.ts';

const [attack] = ATTACKS;
if (!attack) throw new Error('no attacks');
const usage = { rss: 150, descriptors: 60 };
const calm = { p50: 1, p99: 4 };
const row: Row = {
  attack,
  quiet: calm,
  during: { p50: 2, p99: 4 * RATIO_MAX },
  after: calm,
  before: usage,
  most: { rss: RSS_MAX, descriptors: 4_000 },
  left: { rss: 150 + RSS_MORE, descriptors: 60 + DESCRIPTORS_MORE },
  answers: { '429 too_many': 100_000 },
  failures: [],
  lost: [],
};

describe('a server that was attacked', () => {
  it('is fine within its bounds', () => {
    expect(wrongWith(row, WHOLE)).toEqual([]);
  });

  it.each([
    ['an honest request failed', { failures: ['silent for 5000 ms'] }],
    ['an honest message was lost', { lost: ['of 7 messages 6 came'] }],
    ['it took too much memory', { most: { rss: RSS_MAX + 1, descriptors: 60 } }],
    ['it kept too much memory', { left: { rss: 151 + RSS_MORE, descriptors: 60 } }],
    ['it kept connections', { left: { rss: 150, descriptors: 61 + DESCRIPTORS_MORE } }],
    ['honest requests took too long', { during: { p50: 2, p99: 4 * RATIO_MAX + 0.1 } }],
  ] satisfies [string, Partial<Row>][])('is not fine when %s', (_, bad) => {
    expect(wrongWith({ ...row, ...bad }, WHOLE)).toHaveLength(1);
  });

  it('is not judged by latencies of short windows', () => {
    expect(wrongWith({ ...row, during: { p50: 2, p99: 100 } }, QUICK)).toEqual([]);
  });

  it('is a row of a table', () => {
    const [, , heads, line, first] = markdown([row], 60).split('\n');
    expect(first).toContain(`| ${attack.name} | 1.0 / 4.0 ms | 2.0 / 12.0 ms | 1.0 / 4.0 ms | 3.00 |`);
    expect(new Set([heads, line, first].map((text) => text?.split('|').length)).size).toBe(1);
  });
});
