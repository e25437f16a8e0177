import { describe, expect, it } from 'vitest';
import { type Act, scheduleOf, type Target } from './schedule.ts';
import { CLIENT_STEPS } from './steps.ts';

const TARGETS: readonly Target[] = [
  { name: 'gateway', faults: ['kill', 'pause', 'drain'], steps: [] },
  { name: 'relay 1', faults: ['kill', 'pause', 'drain'], steps: ['here', 'there'] },
];
const seeds = Array.from({ length: 500 }, (_, seed) => seed);
const acts = seeds.flatMap((seed) => scheduleOf(seed, TARGETS).acts);

describe('a schedule', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(scheduleOf(7, TARGETS)).toEqual(scheduleOf(7, TARGETS));
    expect(new Set(seeds.map((seed) => JSON.stringify(scheduleOf(seed, TARGETS).acts))).size).toBe(
      seeds.length,
    );
  });

  it('has 20 to 60 messages between 2 or 3 users, and at least one fault', () => {
    for (const seed of seeds) {
      const { users, acts } = scheduleOf(seed, TARGETS);
      const sent = acts.reduce((sum, act) => sum + (act.do === 'send' ? act.count : 0), 0);
      expect(users.length === 2 || users.length === 3).toBe(true);
      expect(sent >= 20 && sent <= 60).toBe(true);
      expect(acts.some(({ do: done }) => ['kill', 'pause', 'drain', 'arm'].includes(done))).toBe(true);
    }
  });

  it('holds, among many, every fault of every target and every step', () => {
    const kinds = new Set(
      acts.map((act) =>
        `${act.do} ${'target' in act ? act.target : ''} ${'step' in act ? act.step : ''}`.trim(),
      ),
    );
    const expected = [
      ...TARGETS.flatMap(({ name, faults, steps }) => [
        ...faults.map((fault) => `${fault} ${name}`),
        ...steps.map((step) => `arm ${name} ${step}`),
      ]),
      ...CLIENT_STEPS.map((step) => `arm client  ${step}`),
      'kill client',
    ];
    expect(expected.filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  it('sends in both directions and to others only', () => {
    const sends = acts.filter((act): act is Act & { do: 'send' } => act.do === 'send');
    expect(sends.filter(({ from, to }) => from === to)).toEqual([]);
    expect(new Set(sends.map(({ from, to }) => from + to)).size).toBe(6);
  });
});
