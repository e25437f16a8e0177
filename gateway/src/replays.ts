import { AppError } from '@secure-chat/service-kit/app-error';
import type { SignatureOnce } from './authenticated.ts';
import type { SignatureLog } from './signature-log.ts';
import type { Addition, UsedSignatures } from './used-signatures.ts';

export interface FreshSignature extends SignatureOnce {
  readonly sessionId: string;
  /** Whether the request may be answered before other gateways know: it changes nothing that lasts. */
  readonly isRepeatable: boolean;
}

/** Lets a signature count once. */
export interface Replays {
  /** Of this process alone: signatures made for it are worth nothing elsewhere, or after a restart. */
  readonly gatewayId: string;
  /** Throws `replayed`, `other_gateway`, `unauthorized`, or `too_many` and `unavailable` where too many are remembered. */
  once(signature: FreshSignature): Promise<void>;
}

export interface ReplaysParts {
  readonly gatewayId: string;
  readonly used: Pick<UsedSignatures, 'add'>;
  readonly log: Pick<SignatureLog, 'claim' | 'tell'>;
}

const REFUSALS = {
  used: 'replayed',
  expired: 'unauthorized',
  full: 'unavailable',
  session_full: 'too_many',
} as const satisfies Record<Exclude<Addition, 'added'>, string>;

/**
 * A signature that was made for this gateway is remembered here, and costs nothing: no other one takes it. Of the others the
 * first in the log counts: a request that changes something waits for that, any other one is told of.
 */
export const createReplays = ({ gatewayId, used, log }: ReplaysParts): Replays => ({
  gatewayId,
  async once(signature) {
    const isBound = signature.gatewayId !== null;
    if (isBound && signature.gatewayId !== gatewayId) throw new AppError('other_gateway');
    const addition = used.add(signature, signature.sessionId);
    if (addition !== 'added') throw new AppError(REFUSALS[addition]);
    if (isBound) return;
    if (signature.isRepeatable) log.tell(signature);
    else if (!(await log.claim(signature))) throw new AppError('replayed');
  },
});
