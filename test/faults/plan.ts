import type { FaultsArguments } from './arguments.ts';
import type { Topology } from './system.ts';

export interface LanePlan {
  readonly topology: Topology;
  readonly seeds: readonly number[];
}

/** Of the schedules of a mixed run, one in so many is on Kafka: they take five times as long. */
const KAFKA_SHARE = 10;
/** Systems at once of each embedded kind: much of a schedule is waiting, and two cores are to be busy. */
const LANES = 2;

/** Which schedule runs where. A seed has its place by itself: it is replayed there. */
export function planOf(
  { backend, runs }: Pick<FaultsArguments, 'backend' | 'runs'>,
  first: number,
): LanePlan[] {
  const seeds = Array.from({ length: runs }, (_, index) => first + index);
  const onKafka = (index: number): boolean =>
    backend === 'kafka' || (backend === null && index % KAFKA_SHARE === KAFKA_SHARE - 1);
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
