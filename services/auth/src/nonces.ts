import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError } from '@secure-chat/service-kit/app-error';

const TIME_BYTES = 4;
const RANDOM_BYTES = 4;
const MAC_BYTES = 8;

/**
 * Used nonces that are remembered, some 25 MB. Each cost an account written to the disk, or a login: in the 5 minutes that
 * a nonce lives a machine does fewer than these.
 */
const USED_MAX = 200_000;

export interface NoncesOptions {
  /** Milliseconds that a nonce lives. */
  readonly lifeMs: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly usedMax?: number;
}

/**
 * Single-use nonces, 32 hex digits, bound to a subject (a folded name; empty for none).
 *
 * A nonce carries its own proof: time, random bytes and an HMAC over both and the subject. So handing one out costs
 * no memory, however many are asked for; only those that came back are remembered, until they expire.
 * The key lives as long as the process.
 */
export interface Nonces {
  issue(subject: string): string;
  /** Whether `redeem` would take it now. */
  isGood(nonce: string, subject: string): boolean;
  /** True once, in time, for the subject that it was issued for. Throws `unavailable` when too many are in use. */
  redeem(nonce: string, subject: string): boolean;
  /** How many that were redeemed are remembered: at most 200,000. */
  used(): number;
}

export function createNonces({ lifeMs, clock, usedMax = USED_MAX }: NoncesOptions): Nonces {
  const key = randomBytes(32);
  const epoch = clock();
  const seconds = () => Math.max(0, Math.floor((clock() - epoch) / 1000));
  /** Nonce to the second in which it was redeemed: oldest first. */
  const used = new Map<string, number>();

  const mac = (head: Uint8Array, subject: string): Buffer =>
    createHmac('sha256', key).update(head).update(subject).digest().subarray(0, MAC_BYTES);

  const forget = (now: number): void => {
    for (const [nonce, at] of used) {
      if (at + lifeMs / 1000 >= now) return;
      used.delete(nonce);
    }
  };

  const isGood = (nonce: string, subject: string): boolean => {
    if (!/^[0-9a-f]{32}$/.test(nonce) || used.has(nonce)) return false;
    const bytes = Buffer.from(nonce, 'hex');
    const head = bytes.subarray(0, TIME_BYTES + RANDOM_BYTES);
    if (!timingSafeEqual(mac(head, subject), bytes.subarray(TIME_BYTES + RANDOM_BYTES))) return false;
    return seconds() - head.readUInt32BE() <= lifeMs / 1000;
  };

  return {
    issue(subject) {
      const head = Buffer.concat([Buffer.alloc(TIME_BYTES), randomBytes(RANDOM_BYTES)]);
      head.writeUInt32BE(seconds());
      return Buffer.concat([head, mac(head, subject)]).toString('hex');
    },
    isGood,
    redeem(nonce, subject) {
      if (!isGood(nonce, subject)) return false;
      const now = seconds();
      forget(now);
      if (used.size >= usedMax) throw new AppError('unavailable');
      used.set(nonce, now);
      return true;
    },
    used: () => used.size,
  };
}
