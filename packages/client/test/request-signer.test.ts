import { importSessionKey } from '@secure-chat/crypto/request-signature';
import { readRequestSignatureV2 } from '@secure-chat/crypto/request-signature-v2';
import { GATEWAY_HEADER, gatewayOfNonce } from '@secure-chat/wire/gateway-nonce';
import { expect, it } from 'vitest';
import { ANY_GATEWAY_MS, createRequestSigner } from '../src/request-signer.ts';

const CREDENTIALS = { sessionId: 's'.repeat(22), sessionKey: 'ab'.repeat(32) };
const [FIRST, SECOND] = ['gateway-0001', 'gateway-0002'];

function createSigning() {
  let now = 1_767_522_600_999;
  const signer = createRequestSigner(() => now);
  const signature = (headers: Record<string, string> = {}) => {
    const url = new URL('https://Chat.Example:443/chat/stream?cursor=0.0');
    const body = Buffer.alloc(0);
    const request = { method: 'GET', url, headers, body };
    const signed = { ...headers, ...signer.sign(CREDENTIALS, request) };
    const asSent = { method: 'GET', authority: 'chat.example', target: '/chat/stream?cursor=0.0', body };
    const read = readRequestSignatureV2({ ...asSent, headers: signed }, ['last-event-id']);
    if (!read?.verify(importSessionKey(CREDENTIALS.sessionKey))) throw new Error('it does not verify');
    return read;
  };
  return {
    ...signer,
    signature,
    /** The gateway for which the next signature is. */
    next: () => gatewayOfNonce(signature().nonce),
    pass(ms: number) {
      now += ms;
    },
  };
}

it('a signature is of now, to the second, over the target as sent and the headers that mean something', () => {
  const { signature } = createSigning();
  expect(signature({ 'last-event-id': '1.1' })).toMatchObject({
    sessionId: CREDENTIALS.sessionId,
    created: 1_767_522_600_000,
  });
  expect(signature().nonce).not.toBe(signature().nonce);
});

it('signatures are for the gateway that answered last, once one has', () => {
  const { answered, next } = createSigning();
  expect(next()).toBeNull();
  answered({ [GATEWAY_HEADER]: FIRST });
  expect(next()).toBe(FIRST);
  answered({ [GATEWAY_HEADER]: SECOND });
  expect(next()).toBe(SECOND);
  for (const odd of ['', 'short', 'x"; keyid="y', `${FIRST}${SECOND}`]) answered({ [GATEWAY_HEADER]: odd });
  answered({});
  expect(next()).toBe(SECOND);
});

it('signatures are for any gateway for a minute after one was for another: a balancer may change it at each request', () => {
  const { answered, missed, next, pass } = createSigning();
  answered({ [GATEWAY_HEADER]: FIRST });
  missed();
  answered({ [GATEWAY_HEADER]: SECOND });
  expect(next()).toBeNull();
  pass(ANY_GATEWAY_MS - 1);
  expect(next()).toBeNull();
  pass(1);
  expect(next()).toBe(SECOND);
});
