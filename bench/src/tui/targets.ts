import type { Target } from '../targets.ts';
import type { TuiFigures } from './measure.ts';

/** Milliseconds in which a program is there at once. */
const START_MS = 400;
/** One picture of 60 a second: milliseconds that a key, and a page, may take. */
const PICTURE_MS = 16;
const SEARCH_MS = 150;
/** Percent of a core. */
const IDLE_PERCENT = 0.5;
const MEMORY_MIB = 120;

export function tuiTargetsOf(
  figures: Pick<
    TuiFigures,
    'start' | 'typing' | 'scrolling' | 'searching' | 'idle' | 'memory' | 'loaded' | 'messages'
  >,
): Target[] {
  const { start, typing, scrolling, searching, idle, memory, loaded, messages } = figures;
  const atMost = (name: string, value: number, most: number, of: string): Target => ({
    name,
    value,
    of,
    wanted: `<= ${most}`,
    reached: value <= most,
  });
  return [
    atMost(
      'start to first screen, ms, p50',
      start.firstScreen.p50,
      START_MS,
      `${start.starts} starts; bare node ${start.bareNode.p50}, with tsx ${start.bareTsx.p50}`,
    ),
    atMost(
      'key to glyph, ms, p95',
      typing.glyphMs.p95,
      PICTURE_MS,
      `${typing.keys} keys, ${loaded} messages gone through, ${typing.arrivalsPerSecond} arriving a second; bare echo ${typing.bareMs.p95}`,
    ),
    atMost('scroll a page, ms, p95', scrolling.pageMs.p95, PICTURE_MS, `${scrolling.pages} pages`),
    atMost(
      'search, ms, p95',
      searching.searchMs.p95,
      SEARCH_MS,
      `${searching.searches} searches of ${searching.messages} messages; plain scan ${searching.plainScanMs.p95}, the first search ${searching.firstMs}`,
    ),
    atMost(
      'idle, % of a core',
      idle.cpuPercent,
      IDLE_PERCENT,
      `${idle.contacts} contacts, ${idle.changesPerSecond} changes of presence a second, ${idle.seconds} s`,
    ),
    atMost(
      'memory, MiB, most',
      Math.max(...Object.values(memory)),
      MEMORY_MIB,
      `${messages} messages on the disk; signed in ${memory.signedIn}, scrolled ${memory.scrolled}, arrived ${memory.arrived}, searched ${memory.searched}`,
    ),
  ];
}
