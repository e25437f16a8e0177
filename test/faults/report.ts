import type { Result } from './lane.ts';
import { redeliveries } from './redeliveries.ts';
import type { Topology } from './system.ts';

/** Of one schedule; the trace has all of them. */
const VIOLATIONS_SHOWN = 10;

/** One line for a schedule, more where something was wrong. */
export function resultLines({ topology, schedule, trace, violations, faults, took }: Result): string[] {
  const what = [...faults].map(([fault, count]) => (count > 1 ? `${fault} x${count}` : fault)).join('; ');
  const messages = trace.events.filter(({ is }) => is === 'written').length;
  const head = `seed ${schedule.seed}  ${topology}  ${messages} messages  ${(took / 1000).toFixed(1)} s  ${what || 'no fault'}`;
  const more = violations.length - VIOLATIONS_SHOWN;
  return [
    head,
    ...violations.slice(0, VIOLATIONS_SHOWN).map(({ kind, what }) => `    ${kind}: ${what}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

export const replayCommand = ({ topology, schedule }: Result): string =>
  `npm run test:faults -- --backend ${topology === 'kafka' ? 'kafka' : 'embedded'} --seed ${schedule.seed} --runs 1`;

/** What was done in all, as a table. */
export function summary(results: readonly Result[]): string {
  const rows = new Map<string, number>();
  const count = (name: string, more: number) => rows.set(name, (rows.get(name) ?? 0) + more);
  for (const topology of ['stack', 'processes', 'kafka'] satisfies Topology[]) {
    const of = results.filter((result) => result.topology === topology);
    if (of.length > 0) count(`schedules: ${topology}${brokersOf(of)}`, of.length);
  }
  for (const { trace, faults, violations } of results) {
    count('messages', trace.events.filter(({ is }) => is === 'written').length);
    count('records that came again', redeliveries(trace));
    count('schedules with violations', violations.length > 0 ? 1 : 0);
    for (const [fault, times] of faults) count(fault, times);
  }
  const width = Math.max(...[...rows.keys()].map((name) => name.length));
  return [...rows].map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

const brokersOf = ([first]: readonly Result[]): string =>
  first && first.brokers > 0 ? ` (${first.brokers === 1 ? '1 broker' : `${first.brokers} brokers`})` : '';
