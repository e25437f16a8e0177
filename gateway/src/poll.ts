import type { Caller } from '@secure-chat/service-kit/internal-identity';
import type { Logger } from '@secure-chat/service-kit/logger';
import type { TraceContext } from '@secure-chat/service-kit/tracing/traceparent';
import {
  CURSOR_HEADER,
  CURSOR_PATH,
  type CursorCommit,
  type MailboxKind,
} from '@secure-chat/wire/internal-api';
import type { FastifyReply } from 'fastify';
import { type Deliveries, wasTaken } from './deliveries.ts';
import { sendAnswer } from './send-answer.ts';
import type { Upstream } from './upstream.ts';

export interface PollParts {
  readonly relay: Upstream;
  readonly deliveries: Deliveries;
  readonly logger: Logger;
}

export interface Poll {
  readonly mailbox: MailboxKind;
  readonly path: string;
  readonly caller: Caller;
  readonly requestId: string;
  readonly trace: TraceContext | null;
}

/** Answers a v1 poll, and moves the cursor once the client's socket took the whole answer. */
export async function answerPoll(
  parts: PollParts,
  { mailbox, path, caller, requestId, trace }: Poll,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { relay, deliveries, logger } = parts;
  const endTurn = await deliveries.begin(caller.username, mailbox);
  try {
    const ask = { username: '', caller, requestId, trace };
    const answer = await relay.call({ ...ask, method: 'GET', path, body: null });
    const cursor = answer.headers[CURSOR_HEADER];
    if (cursor === undefined) {
      endTurn();
      return sendAnswer(reply, answer);
    }
    const commit: CursorCommit = { mailbox, cursor: Number(cursor) };
    wasTaken(reply.raw)
      .then(async (taken) => {
        if (!taken) return;
        const body = Buffer.from(JSON.stringify(commit));
        const { status } = await relay.call({ ...ask, method: 'POST', path: CURSOR_PATH, body });
        if (status !== 200) throw new Error(`the relay answered ${status}`);
      })
      .catch((error: unknown) =>
        logger.warn({ err: error, requestId }, 'a cursor was not moved; its records come again'),
      )
      .finally(endTurn);
    return sendAnswer(reply, answer);
  } catch (error) {
    endTurn();
    throw error;
  }
}
