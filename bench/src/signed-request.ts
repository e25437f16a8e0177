import { signRequest } from '@secure-chat/crypto/request-signature';
import { formatTimestamp } from '@secure-chat/wire/timestamps';
import type { Request } from './http-client.ts';
import type { Session } from './people.ts';

/** Of a session, what a request is signed with. */
export type Credentials = Pick<Session, 'sessionId' | 'sessionKey'>;

/** `named`: with `X-Session-Id`. `v1`: without; the server has to find the session whose key fits. */
export type Naming = 'named' | 'v1';

const EMPTY = new Uint8Array();

/** The request with a fresh signature, as the wire contract says. */
export function signed(session: Credentials, naming: Naming, request: Request): Request {
  const timestamp = formatTimestamp(Date.now());
  return {
    ...request,
    headers: {
      ...request.headers,
      'x-request-timestamp': timestamp,
      'x-request-signature': signRequest(session.sessionKey, request.body ?? EMPTY, timestamp),
      ...(naming === 'named' && { 'x-session-id': session.sessionId }),
    },
  };
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
