import { AppError } from '@secure-chat/service-kit/app-error';
import { DONE, type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { EphemeralRequest, Ok } from '@secure-chat/wire/api';
import { encodeStreamEvent } from '@secure-chat/wire/stream-events';
import { formatTimestamp } from '@secure-chat/wire/timestamps';
import { findRecipient } from '../find-recipient.ts';
import type { RateLimit } from '../rate-limit.ts';
import type { Recipients } from '../recipients.ts';
import type { Streams } from '../streams/streams.ts';
import { refuseHalfCharacters } from '../whole-characters.ts';

export interface EphemeralParts {
  readonly recipients: Recipients;
  readonly streams: Pick<Streams, 'tell'>;
  readonly limit: RateLimit;
  readonly clock: () => number;
}

/** protocol: `POST /chat/{username}/ephemeral`: to the open streams at this relay; the gateway asks each of them. */
export const ephemeral = ({ recipients, streams, limit, clock }: EphemeralParts): Operation =>
  signedOperation({
    method: 'POST',
    path: '/chat/:username/ephemeral',
    body: EphemeralRequest,
    response: Ok,
    async handle({ caller, username, body: { body } }) {
      refuseHalfCharacters(body);
      const retryAfter = limit.take(caller.username);
      if (retryAfter > 0) throw new AppError('too_many', { retryAfter: Math.ceil(retryAfter / 1000) });
      const recipient = await findRecipient(recipients, username);
      const timestamp = formatTimestamp(clock());
      streams.tell(recipient, encodeStreamEvent('ephemeral', { sender: caller.username, body, timestamp }));
      return DONE;
    },
  });
