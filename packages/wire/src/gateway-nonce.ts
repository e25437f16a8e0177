/**
 * docs/protocol.md, "A signature counts once": a nonce `<gateway id>.<random>` makes a signature one for that gateway alone, which
 * need not ask any other then whether it was used.
 */

/** Header of every answer: the id of the gateway that gave it, another one after each start. */
export const GATEWAY_HEADER = 'x-gateway-id';

export const isGatewayId = (text: string): boolean => /^[A-Za-z0-9_-]{12}$/.test(text);

/** `gatewayId`: null for a signature that any gateway takes. `random`: 16 or more of `[A-Za-z0-9_-]`. */
export const makeNonce = (gatewayId: string | null, random: string): string =>
  gatewayId === null ? random : `${gatewayId}.${random}`;

/** The gateway for which a nonce is; null for any. */
export function gatewayOfNonce(nonce: string): string | null {
  const dot = nonce.indexOf('.');
  return dot === -1 ? null : nonce.slice(0, dot);
}
