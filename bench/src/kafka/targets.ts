import { ratio } from '../arithmetic.ts';
import type { Target } from '../targets.ts';
import type { RelayFigures } from './relay-figures.ts';
import type { UsersFigures } from './users-figures.ts';

/** Messages per second at which latencies are judged. */
const PACE = 1_000;
const P50_MS = 5;
const P99_MS = 50;
/** Of the raw producer's throughput, reached by one relay with all users. */
const RAW_SHARE = 0.5;
/** Of what a message costs with the fewest users. */
const COST_GROWTH = 1.3;

type Part = Pick<UsersFigures, 'users' | 'rawProducer' | 'relays'>;

/** Of one relay, and of the most and the fewest users. Throws without figures. */
export function kafkaTargetsOf({ parts }: { readonly parts: readonly Part[] }): Target[] {
  const [fewest, most] = [parts[0], parts.at(-1)];
  if (!fewest || !most) throw new RangeError('no figures');
  const few = oneRelay(fewest);
  const many = oneRelay(most);
  return [
    {
      name: `sends, ${most.users} users, 1 relay, to raw producer`,
      value: ratio(many.throughput.perSecond, most.rawProducer.perSecond),
      of: `${many.throughput.perSecond}/s to ${most.rawProducer.perSecond}/s`,
      wanted: `>= ${RAW_SHARE}`,
      reached: many.throughput.perSecond / most.rawProducer.perSecond >= RAW_SHARE,
    },
    ...most.relays.flatMap((figures) => latencyTargets(most.users, figures)),
    costTarget('at full load', most.users, costOf(many.throughput), costOf(few.throughput)),
    costTarget(`at ${PACE}/s`, most.users, costOf(atPace(many)), costOf(atPace(few))),
  ];
}

const oneRelay = ({ relays }: Part): RelayFigures => {
  const one = relays.find((figures) => figures.relays === 1);
  if (!one) throw new RangeError('no figures of one relay');
  return one;
};

const atPace = ({ deliveries }: RelayFigures) => {
  const delivery = deliveries.find(({ perSecond }) => perSecond === PACE);
  if (!delivery) throw new RangeError(`no figures at ${PACE}/s`);
  return delivery;
};

function latencyTargets(users: number, figures: RelayFigures): Target[] {
  const { latencyMs, messages } = atPace(figures);
  const target = (name: 'p50' | 'p99', most: number): Target => ({
    name: `send to receive, ${users} users, ${figures.relays} relays, ${PACE}/s, ${name} ms`,
    value: latencyMs[name],
    of: `${messages} messages`,
    wanted: `<= ${most}`,
    reached: latencyMs[name] <= most,
  });
  return [target('p50', P50_MS), target('p99', P99_MS)];
}

const costOf = ({ cpuMs }: { cpuMs: { relays: number; broker: number } }): number =>
  cpuMs.relays + cpuMs.broker;

const costTarget = (when: string, users: number, many: number, few: number): Target => ({
  name: `CPU per message ${when}, ${users} users to fewest`,
  value: ratio(many, few),
  of: `${many.toFixed(4)} ms to ${few.toFixed(4)} ms`,
  wanted: `<= ${COST_GROWTH}`,
  reached: many / few <= COST_GROWTH,
});
