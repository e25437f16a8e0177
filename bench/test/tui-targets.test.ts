import { expect, it } from 'vitest';
import { tuiTargetsOf } from '../src/tui/targets.ts';

const spread = (p50: number, p95 = p50) => ({ p50, p95, p99: p95, max: p95 });
const figures = {
  messages: 100_000,
  loaded: 10_000,
  start: {
    starts: 10,
    firstScreen: spread(400, 900),
    bareNode: spread(50),
    bareTsx: spread(150),
    toBareNode: 8,
  },
  scrolling: { pages: 500, pageMs: spread(5, 16) },
  typing: {
    keys: 400,
    arrived: 2_000,
    arrivalsPerSecond: 50,
    glyphMs: spread(5, 16),
    quietGlyphMs: spread(4),
    bareMs: spread(1),
  },
  searching: {
    searches: 20,
    messages: 99_801,
    firstMs: 2_000,
    searchMs: spread(20, 150),
    plainScanMs: spread(5),
  },
  idle: { seconds: 60, contacts: 200, changesPerSecond: 3.33, cpuPercent: 0.5 },
  memory: { signedIn: 80, scrolled: 120, arrived: 100, searched: 110 },
};

const missed = (changed: Partial<typeof figures>): string[] =>
  tuiTargetsOf({ ...figures, ...changed })
    .filter(({ reached }) => !reached)
    .map(({ name }) => name);

it('are reached exactly at their bound', () => {
  expect(missed({})).toEqual([]);
});

it('are missed one by one', () => {
  const { start, scrolling, typing, searching, idle, memory } = figures;
  expect(missed({ start: { ...start, firstScreen: spread(400.1) } })).toEqual([
    'start to first screen, ms, p50',
  ]);
  expect(missed({ typing: { ...typing, glyphMs: spread(5, 16.01) } })).toEqual(['key to glyph, ms, p95']);
  expect(missed({ scrolling: { ...scrolling, pageMs: spread(5, 16.01) } })).toEqual([
    'scroll a page, ms, p95',
  ]);
  expect(missed({ searching: { ...searching, searchMs: spread(20, 150.1) } })).toEqual(['search, ms, p95']);
  expect(missed({ idle: { ...idle, cpuPercent: 0.51 } })).toEqual(['idle, % of a core']);
  expect(missed({ memory: { ...memory, arrived: 120.1 } })).toEqual(['memory, MiB, most']);
});
