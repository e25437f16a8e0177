import { randomBytes } from 'node:crypto';
import { importSessionKey, signRequest } from '@secure-chat/crypto/request-signature';
import { signRequestV2 } from '@secure-chat/crypto/request-signature-v2';
import { makeNonce } from '@secure-chat/wire/gateway-nonce';
import { formatTimestamp } from '@secure-chat/wire/timestamps';
import type { Destination, Request } from './http-client.ts';
import type { Session } from './people.ts';

/** Of a session, what a request is signed with. */
export type Credentials = Pick<Session, 'sessionId' | 'sessionKey' | 'signatures'>;

const EMPTY = new Uint8Array();

/**
 * The request with a fresh signature of the session's kind: v2 as our own client makes it, for the gateway that it talks to;
 * v1 as the wire contract says, without a name, so that the server has to find the session whose key fits.
 */
export function signed(session: Credentials, destination: Destination, request: Request): Request {
  const signature = session.signatures === 'v2' ? v2(session, destination, request) : v1(session, request);
  return { ...request, headers: { ...request.headers, ...signature } };
}

let microseconds = 0;

/** As a v1 client has it, with microseconds: no two requests have the same. */
function v1Timestamp(): string {
  microseconds = Math.max(microseconds + 1, Date.now() * 1000 + 1);
  const fraction = String(microseconds % 1000).padStart(3, '0');
  return formatTimestamp(Math.floor(microseconds / 1000)).replace('000+', `${fraction}+`);
}

function v1({ sessionKey }: Credentials, { body = EMPTY }: Request): Record<string, string> {
  const timestamp = v1Timestamp();
  return {
    'x-request-timestamp': timestamp,
    'x-request-signature': signRequest(sessionKey, body, timestamp),
  };
}

function v2(
  { sessionId, sessionKey }: Credentials,
  { authority, gatewayId }: Destination,
  { method, path: target, headers = {}, body = EMPTY }: Request,
): Record<string, string> {
  const resumed = headers['last-event-id'];
  return signRequestV2(
    {
      sessionId,
      key: importSessionKey(sessionKey),
      created: Math.floor(Date.now() / 1000),
      nonce: makeNonce(gatewayId, randomBytes(16).toString('base64url')),
    },
    { method, authority, target, headers: resumed === undefined ? {} : { 'last-event-id': resumed }, body },
  );
}

/** The contract's send. */
export const sendTo = (recipient: string, body: Uint8Array): Request => ({
  method: 'POST',
  path: `/chat/${recipient}/send`,
  headers: { 'content-type': 'application/json' },
  body,
});

/** Characters of `message`: what v1 makes of a text of 100 characters, `base64(16 + 112 + 32 bytes)`. */
const MESSAGE_LENGTH = 216;
export const MESSAGE = 'A'.repeat(MESSAGE_LENGTH);
export const SEND_BODY = Buffer.from(JSON.stringify({ message: MESSAGE }));
/** A sent message as it stands in the log, in bytes: the text, and 44 for header, lengths, id, sender and time. */
export const RECORD_BYTES = MESSAGE_LENGTH + 44;
