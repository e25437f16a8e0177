import { setTimeout as sleep } from 'node:timers/promises';
import { round, type Spread, spreadOf } from '../arithmetic.ts';
import type { StreamsQuestion } from '../child/streams.ts';
import { type Child, numberOf, numbersOf } from '../child-process.ts';
import type { ServerProcess } from '../server-process.ts';
import { nowMs } from '../stamp.ts';
import { within } from '../within.ts';

/** What a relay's death did to the streams that it had. */
export interface Resume {
  /** Streams that it ended, each of which was live again behind another relay. */
  readonly lost: number;
  /** From the kill until each was live again. */
  readonly resumedMs: Spread;
  /** Requests for streams meanwhile: as many as were lost, when none was refused. */
  readonly requests: number;
  readonly failures: number;
}

/** Milliseconds in which all have to be back: else the bench fails. */
const BACK_MS = 60_000;
const LOOK_MS = 50;
/** Milliseconds after which no further one is missed. */
const QUIET_MS = 1_000;

/** Kills a relay and waits until no stream is missed. */
export async function measureResume(relay: ServerProcess, reader: Child<StreamsQuestion>): Promise<Resume> {
  const killedAt = nowMs();
  const back = async (): Promise<Interruptions> => {
    for (;;) {
      await sleep(LOOK_MS);
      const now = await look(reader);
      if (now.lost > 0 && now.lost === now.resumedAt.length) return now;
    }
  };
  const quiet = async (): Promise<Interruptions> => {
    for (;;) {
      const before = await back();
      await sleep(QUIET_MS);
      const after = await look(reader);
      if (after.lost === before.lost) return after;
    }
  };
  await relay.kill();
  const { lost, resumedAt, requests, failures } = await within(
    BACK_MS,
    `streams were not back within ${BACK_MS} ms`,
    quiet(),
  );
  return { lost, resumedMs: spreadOf(resumedAt.map((at) => round(at - killedAt, 1))), requests, failures };
}

interface Interruptions {
  readonly lost: number;
  readonly resumedAt: readonly number[];
  readonly requests: number;
  readonly failures: number;
}

async function look(reader: Child<StreamsQuestion>): Promise<Interruptions> {
  const answer = await reader.ask({ ask: 'interruptions' });
  return {
    lost: numberOf(answer, 'lost'),
    resumedAt: numbersOf(answer, 'resumedAt'),
    requests: numberOf(answer, 'requests'),
    failures: numberOf(answer, 'failures'),
  };
}
