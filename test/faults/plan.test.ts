import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';
import { planOf } from './plan.ts';

const seedsOf = (plans: ReturnType<typeof planOf>, ...topologies: string[]) =>
  plans
    .filter(({ topology }) => topologies.includes(topology))
    .flatMap(({ seeds }) => seeds)
    .sort((one, other) => one - other);

describe('what the faults suite runs', () => {
  it('is 200 schedules, most of them on the embedded log', () => {
    const plans = planOf(parseArguments([]), 1_000);
    expect(seedsOf(plans, 'stack', 'processes', 'kafka')).toEqual(
      Array.from({ length: 200 }, (_, n) => 1_000 + n),
    );
    expect(seedsOf(plans, 'kafka')).toHaveLength(20);
  });

  it('replays a seed where it was', () => {
    for (const { topology, seeds } of planOf({ backend: null, runs: 40 }, 7))
      for (const seed of seeds) {
        const backend = topology === 'kafka' ? 'kafka' : 'embedded';
        expect(planOf({ backend, runs: 1 }, seed)).toEqual([{ topology, seeds: [seed] }]);
      }
  });

  it('is what the arguments say', () => {
    expect(parseArguments(['--backend', 'kafka', '--runs', '3', '--seed', '17'])).toEqual({
      backend: 'kafka',
      runs: 3,
      seed: 17,
      help: false,
    });
    expect(parseArguments(['--help']).help).toBe(true);
    for (const wrong of [
      ['--backend', 'x'],
      ['--runs', '0'],
      ['--runs', '1.5'],
      ['--seed', '-1'],
      ['--seed'],
      ['x'],
    ])
      expect(() => parseArguments(wrong)).toThrow();
  });
});
