import type { FaultsArguments } from './arguments.ts';
import type { Topology } from './system.ts';

export interface LanePlan {
  readonly topology: Topology;
  readonly seeds: readonly number[];
}

/** Of 20 schedules of a mixed run, those that are on Kafka: one of an even and one of an odd seed, for both other kinds alike. */
const PERIOD = 20;
const ON_KAFKA: ReadonlySet<number> = new Set([8, 19]);
/** Systems at once of each embedded kind: much of a schedule is waiting, and two cores are to be busy. */
const LANES = 2;

/** Which schedule runs where. A seed has its place by itself: it is replayed there. */
export function planOf(
  { backend, runs }: Pick<FaultsArguments, 'backend' | 'runs'>,
  first: number,
): LanePlan[] {
  const seeds = Array.from({ length: runs }, (_, index) => first + index);
  const onKafka = (index: number): boolean =>
    backend === 'kafka' || (backend === null && ON_KAFKA.has(index % PERIOD));
  const kafka = seeds.filter((_, index) => onKafka(index));
  const embedded = seeds.filter((_, index) => !onKafka(index));
  const lanes = (topology: Topology, of: readonly number[], count: number): LanePlan[] =>
    Array.from({ length: count }, (_, lane) => ({
      topology,
      seeds: of.filter((_, index) => index % count === lane),
    })).filter((plan) => plan.seeds.length > 0);
  return [
    ...lanes('kafka', kafka, 1),
    ...lanes(
      'stack',
      embedded.filter((seed) => seed % 2 === 0),
      LANES,
    ),
    ...lanes(
      'processes',
      embedded.filter((seed) => seed % 2 === 1),
      LANES,
    ),
  ];
}
