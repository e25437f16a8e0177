/** Signatures that are remembered: 500,000 in a minute are 8,000 requests a second, and take up to 90 MB. */
const SIGNATURES_MAX = 500_000;
/** Of these, those of one session: 1,600 requests a second for half a minute; nobody fills the table for all. */
const PER_SESSION_MAX = 50_000;

/** A signature that a session has used. */
export interface UsedSignature {
  /** Its first 16 bytes, a character each. */
  readonly signature: string;
  /** The last moment at which it would be accepted, milliseconds since the epoch. It is a function of what was signed. */
  readonly until: number;
}

export type Addition = 'added' | 'used' | 'expired' | 'full' | 'session_full';

/** Signatures, each remembered for as long as it would be accepted. Beyond its bounds it takes none, and forgets none. */
export interface UsedSignatures {
  /** Remembers a signature of a session; says why it does not. */
  add(used: UsedSignature, sessionId: string): Addition;
  /** Remembers what another gateway accepted: beyond all bounds, since that has happened. */
  learn(used: UsedSignature): void;
  size(): number;
}

interface Second {
  readonly signatures: Set<string>;
  readonly bySession: Map<string, number>;
}

/** By the second of `until`: a signature always has the same one, and a second that is over is dropped whole. */
export function createUsedSignatures(
  clock: () => number,
  signaturesMax = SIGNATURES_MAX,
  perSessionMax = PER_SESSION_MAX,
): UsedSignatures {
  const seconds = new Map<number, Second>();
  const bySession = new Map<string, number>();
  let size = 0;
  /** Seconds before this one are forgotten: what would stand in them is refused, though the clock was set back. */
  let kept = 0;

  const forget = (): void => {
    const now = Math.floor(clock() / 1000);
    if (now <= kept) return;
    kept = now;
    for (const [second, { signatures, bySession: counts }] of seconds) {
      if (second >= kept) continue;
      seconds.delete(second);
      size -= signatures.size;
      for (const [sessionId, count] of counts) {
        const left = (bySession.get(sessionId) ?? 0) - count;
        if (left > 0) bySession.set(sessionId, left);
        else bySession.delete(sessionId);
      }
    }
  };

  const secondOf = (until: number): Second => {
    const number = Math.floor(until / 1000);
    const known = seconds.get(number);
    if (known) return known;
    const second = { signatures: new Set<string>(), bySession: new Map<string, number>() };
    seconds.set(number, second);
    return second;
  };

  return {
    add({ signature, until }, sessionId) {
      forget();
      if (Math.floor(until / 1000) < kept) return 'expired';
      const { signatures, bySession: counts } = secondOf(until);
      if (signatures.has(signature)) return 'used';
      if (size >= signaturesMax) return 'full';
      const ofSession = bySession.get(sessionId) ?? 0;
      if (ofSession >= perSessionMax) return 'session_full';
      signatures.add(signature);
      size += 1;
      bySession.set(sessionId, ofSession + 1);
      counts.set(sessionId, (counts.get(sessionId) ?? 0) + 1);
      return 'added';
    },
    learn({ signature, until }) {
      forget();
      if (Math.floor(until / 1000) < kept) return;
      const { signatures } = secondOf(until);
      if (signatures.has(signature)) return;
      signatures.add(signature);
      size += 1;
    },
    size: () => size,
  };
}
