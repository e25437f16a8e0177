import { randomBytes } from 'node:crypto';
import { importSessionKey } from '@secure-chat/crypto/request-signature';
import { signRequestV2 } from '@secure-chat/crypto/request-signature-v2';
import { GATEWAY_HEADER, isGatewayId, makeNonce } from '@secure-chat/wire/gateway-nonce';
import type { AnswerHeaders } from './transport-error.ts';

/**
 * Milliseconds for which signatures are for any gateway after one was refused: where a balancer spreads requests over several,
 * one in a minute is sent twice, and after a restart one.
 */
export const ANY_GATEWAY_MS = 60_000;

/** An open session at the server. */
export interface Credentials {
  sessionId: string;
  /** 64 lower-case hex characters. */
  sessionKey: string;
}

export interface Signable {
  readonly method: string;
  readonly url: URL;
  /** Headers that mean something, by lower-case name: they are covered. */
  readonly headers?: Record<string, string>;
  readonly body: Buffer;
}

/** docs/protocol.md, "Signatures v2". */
export interface RequestSigner {
  /** The headers that sign a request, each time with a nonce of its own. */
  sign(credentials: Credentials, request: Signable): Record<string, string>;
  /** Takes notice of which gateway answered. */
  answered(headers: AnswerHeaders): void;
  /** A signature was for another gateway than the one that got it: those of the next minute are for any. */
  missed(): void;
}

export function createRequestSigner(now: () => number): RequestSigner {
  /** The gateway that answered last: signatures for it alone cost it nothing to check. */
  let gatewayId: string | null = null;
  let anyUntil = Number.NEGATIVE_INFINITY;

  return {
    sign({ sessionId, sessionKey }, { method, url, headers = {}, body }) {
      const time = now();
      const nonce = makeNonce(time < anyUntil ? null : gatewayId, randomBytes(16).toString('base64url'));
      return signRequestV2(
        { sessionId, key: importSessionKey(sessionKey), created: Math.floor(time / 1000), nonce },
        { method, authority: url.host, target: `${url.pathname}${url.search}`, headers, body },
      );
    },
    answered(headers) {
      const answering = headers[GATEWAY_HEADER];
      if (typeof answering === 'string' && isGatewayId(answering)) gatewayId = answering;
    },
    missed() {
      anyUntil = now() + ANY_GATEWAY_MS;
    },
  };
}
