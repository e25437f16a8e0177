import { median, round, type Spread, spreadOf } from '../arithmetic.ts';
import type { LongProfile } from './profile.ts';
import { argumentsOf } from './session.ts';
import { openTerminalProgram, PICTURE_END } from './terminal-program.ts';

/** From the start of the process to the first picture: the form that asks for the password. Milliseconds. */
export interface Start {
  readonly starts: number;
  readonly firstScreen: Spread;
  /** A `node` that writes a word. */
  readonly bareNode: Spread;
  /** The same with `tsx`, which reads our sources. */
  readonly bareTsx: Spread;
  /** Medians: of the first screen to the bare `node`. */
  readonly toBareNode: number;
}

const WORD = ['-e', 'process.stdout.write("ready")'];

/** In turns, so that what disturbs the machine disturbs all alike. */
export async function measureStart(profile: LongProfile, starts: number): Promise<Start> {
  const ways = [
    { args: argumentsOf(profile), wanted: PICTURE_END, samples: [] as number[] },
    { args: WORD, wanted: 'ready', samples: [] as number[] },
    { args: ['--import', 'tsx', ...WORD], wanted: 'ready', samples: [] as number[] },
  ] as const;
  // The first of each fills the caches of the system.
  for (let turn = 0; turn <= starts; turn += 1)
    for (const { args, wanted, samples } of ways) {
      const start = performance.now();
      const program = openTerminalProgram({ args });
      await program.until(wanted);
      if (turn > 0) samples.push(performance.now() - start);
      await program.close();
    }
  const [first, node, tsx] = ways;
  return {
    starts,
    firstScreen: spreadOf(first.samples),
    bareNode: spreadOf(node.samples),
    bareTsx: spreadOf(tsx.samples),
    toBareNode: round(median(first.samples) / median(node.samples), 2),
  };
}
