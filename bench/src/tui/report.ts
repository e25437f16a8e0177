import { ratio, type Spread } from '../arithmetic.ts';
import { type Cell, cells, machineLines, SPREAD, table, targetTable } from '../table.ts';
import type { Target } from '../targets.ts';
import type { TuiFigures } from './measure.ts';

/** The figures as tables for people. */
export function tuiReportOf(figures: TuiFigures, targets: readonly Target[]): string {
  const { setting, start, typing, scrolling, searching, openedMs } = figures;
  const row = (name: string, count: number, spread: Spread, bare: Spread): Cell[] => [
    name,
    count,
    ...cells(spread),
    ratio(spread.p50, bare.p50),
  ];
  return [
    ...machineLines(setting),
    '',
    `The TUI in a pseudo-terminal: ${figures.messages} messages on the disk, ${figures.contacts} contacts. Milliseconds.`,
    '',
    table(
      ['', 'count', ...SPREAD, 'to bare'],
      [
        row('start to first screen', start.starts, start.firstScreen, start.bareNode),
        row('  bare node', start.starts, start.bareNode, start.bareNode),
        row('  bare node with tsx', start.starts, start.bareTsx, start.bareNode),
        row('key to glyph, messages arriving', typing.keys, typing.glyphMs, typing.bareMs),
        row('key to glyph, quiet', typing.keys, typing.quietGlyphMs, typing.bareMs),
        row('  bare echo', typing.keys, typing.bareMs, typing.bareMs),
        row('scroll a page', scrolling.pages, scrolling.pageMs, typing.bareMs),
        row('search', searching.searches, searching.searchMs, searching.plainScanMs),
        row('  plain scan of the texts', searching.searches, searching.plainScanMs, searching.plainScanMs),
      ],
    ),
    `Enter behind the password to the conversation: ${openedMs} ms. The first search, which reads all: ${searching.firstMs} ms.`,
    '',
    setting.quick ? '' : targetTable(targets),
  ].join('\n');
}
