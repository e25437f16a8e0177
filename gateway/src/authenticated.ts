import type { Session } from './sessions.ts';
import type { UsedSignature } from './used-signatures.ts';

/** A request whose signature verified. */
export interface Authenticated {
  readonly session: Session;
  /** Null where it cannot count once: two honest requests may have this one. */
  readonly signature: SignatureOnce | null;
}

export interface SignatureOnce extends UsedSignature {
  /** The gateway that it was made for, by its nonce; null for any. */
  readonly gatewayId: string | null;
}

/** What is remembered of a signature: nobody without the key can find two that begin alike. */
export const signatureId = (signature: Buffer): string => signature.toString('latin1', 0, 16);
