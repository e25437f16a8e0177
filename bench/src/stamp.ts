import { MESSAGE } from './signed-request.ts';

const NS_PER_MS = 1e6;

/** Milliseconds of the clock that all processes of a machine share. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / NS_PER_MS;

/** A message of the usual size that says when it was sent. */
export function stampedMessage(): string {
  const stamp = `${nowMs()}|`;
  return stamp + MESSAGE.slice(stamp.length);
}

/** The milliseconds at which a message was sent; null for one without a stamp. */
export function stampOf(message: string): number | null {
  const [, stamp] = /^(\d+(?:\.\d+)?)\|/.exec(message) ?? [];
  return stamp === undefined ? null : Number(stamp);
}
