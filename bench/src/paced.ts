import { setTimeout } from 'node:timers/promises';

export interface Pace {
  readonly perSecond: number;
  readonly count: number;
}

/**
 * An open loop: calls `send` at evenly spread moments, whether or not earlier ones are answered. Resolves, when all are
 * answered, to how many milliseconds late each was sent. Rejects when one was refused.
 */
export async function paced(
  { perSecond, count }: Pace,
  send: (turn: number) => Promise<void>,
): Promise<number[]> {
  const sent: Promise<void>[] = [];
  const lateMs: number[] = [];
  const start = performance.now();
  while (sent.length < count) {
    const due = start + (sent.length * 1000) / perSecond;
    // A timer counts whole milliseconds, by a clock that is rounded: it may ring a little early.
    while (performance.now() < due) await setTimeout(Math.ceil(due - performance.now()));
    lateMs.push(performance.now() - due);
    const sending = send(sent.length);
    // It is looked at below, when the last one is sent.
    sending.catch(() => {});
    sent.push(sending);
  }
  await Promise.all(sent);
  return lateMs;
}
