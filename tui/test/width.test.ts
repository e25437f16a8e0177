import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { CLUSTER_MAX, cellsOf, clusters, graphemes, truncate } from '../src/terminal/width.ts';
import { wrap } from '../src/terminal/wrap.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('a', ' ', 'word ', '日本', '👩🏽‍💻', '🇩🇪', 'e\u0301', '\n'), { maxLength: 60 })
    .map((parts) => parts.join('')),
);

describe('width', () => {
  it.each([
    ['a', 1],
    ['e\u0301', 1],
    ['日', 2],
    ['👍🏽', 2],
    ['👩🏽‍💻', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['ﾊ', 1],
  ])('counts %s as one cluster', (cluster, width) => {
    expect(clusters(cluster)).toEqual([{ text: cluster, width }]);
  });

  it('cuts clusters as the segmenter does, also in texts longer than its slices', () => {
    const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
    const long = fc.array(text, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('').repeat(4));
    fc.assert(
      fc.property(long, (whole) => {
        expect(graphemes(whole)).toEqual(Array.from(segmenter.segment(whole), ({ segment }) => segment));
      }),
    );
  });

  it('puts at most two cells and a bounded length into a cluster, and loses no visible text', () => {
    const giant = `ᄀᄀᄀ${'👍'}${'🏽'.repeat(60)}a${'\u0301'.repeat(200)}`;
    for (const cluster of clusters(giant)) {
      expect(cluster.text.length).toBeLessThanOrEqual(CLUSTER_MAX);
      expect(stringWidth(cluster.text)).toBeLessThanOrEqual(2);
    }
    expect(
      clusters(giant)
        .map((cluster) => cluster.text)
        .join(''),
    ).toContain(`ᄀᄀᄀ👍${'🏽'.repeat(60)}a`);
  });

  it('truncates to the cells given, with an ellipsis', () => {
    expect(truncate('日本語', 5)).toBe('日本…');
    expect(truncate('日本語', 6)).toBe('日本語');
    expect(truncate('hello', 1)).toBe('…');
    expect(truncate('hello', 0)).toBe('');
    fc.assert(fc.property(text, fc.nat(20), (line, cells) => cellsOf(truncate(line, cells)) <= cells));
  });
});

describe('wrap', () => {
  it('breaks at spaces, keeps newlines, and breaks a word that is wider than a row', () => {
    expect(wrap('the quick brown fox', 10)).toEqual(['the quick', 'brown fox']);
    expect(wrap('a\n\nb', 10)).toEqual(['a', '', 'b']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrap('日本語です', 5)).toEqual(['日本', '語で', 'す']);
    expect(wrap('  indented', 20)).toEqual(['  indented']);
  });

  it('never exceeds the width and loses nothing but spaces', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 30 }), (paragraph, cells) => {
        const rows = wrap(paragraph, cells);
        for (const row of rows) expect(cellsOf(row)).toBeLessThanOrEqual(cells);
        const solid = (value: string) => value.replace(/\s/g, '');
        expect(solid(rows.join(''))).toBe(solid(paragraph));
      }),
    );
  });
});
