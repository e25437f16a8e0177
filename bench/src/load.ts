import { type Spread, spreadOf } from './arithmetic.ts';

export interface Load {
  /** Requests in flight at any time: each worker sends its next when its last was answered. */
  readonly concurrency: number;
  /** Requests that are counted, of all workers together. */
  readonly requests: number;
  /** Requests before them that are not. */
  readonly warmUp: number;
  /** Sends one request; rejects when it failed, which ends the load. `turn` counts from 0. */
  readonly send: (worker: number, turn: number) => Promise<unknown>;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Of each counted request, in milliseconds. */
  readonly latencies: readonly number[];
}

/** A closed loop. Rejects when a request does: figures of a load in which some were refused would not compare. */
export async function runLoad({ concurrency, requests, warmUp, send }: Load): Promise<LoadResult> {
  await loop(concurrency, warmUp, send);
  const start = performance.now();
  const latencies = await loop(concurrency, requests, send);
  const seconds = (performance.now() - start) / 1000;
  return { requests, seconds, perSecond: requests / seconds, latencies };
}

async function loop(concurrency: number, requests: number, send: Load['send']): Promise<number[]> {
  const latencies: number[] = [];
  let next = 0;
  const work = async (worker: number): Promise<void> => {
    while (next < requests) {
      const turn = next++;
      const start = performance.now();
      await send(worker, turn);
      latencies.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, (_, worker) => work(worker)));
  return latencies;
}

export const latencyOf = (results: readonly LoadResult[]): Spread =>
  spreadOf(results.flatMap((result) => result.latencies));
