import { MESSAGE } from '../signed-request.ts';

const NS_PER_MS = 1e6;

/** A message of the usual size that says when it was sent, by the clock that all processes of a machine share. */
export function stampedMessage(): string {
  const stamp = `${process.hrtime.bigint()}|`;
  return stamp + MESSAGE.slice(stamp.length);
}

/** Milliseconds from a message's stamp to `now` (nanoseconds); null for one without a stamp. */
export function sinceStamp(message: string, now: bigint): number | null {
  const [, stamp] = /^(\d+)\|/.exec(message) ?? [];
  return stamp === undefined ? null : Number(now - BigInt(stamp)) / NS_PER_MS;
}
