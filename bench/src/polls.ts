import { setTimeout } from 'node:timers/promises';
import { type Spread, spreadOf } from './arithmetic.ts';
import type { HttpClient } from './http-client.ts';
import { pick, type Session } from './people.ts';
import type { Scale } from './scale.ts';
import { sendTo, signed } from './signed-request.ts';

export interface PollFigure {
  readonly messages: number;
  /** From the start of the send to the receiver's answer that holds the message. */
  readonly latencyMs: Spread;
}

/** From send to receive under the contract of v1, which polls. */
export interface Polls {
  /** The receiver polls, waits a second, polls: as v1 does. */
  readonly everySecond: PollFigure;
  /** The receiver polls without a pause. */
  readonly continuously: PollFigure;
}

/** Milliseconds that a v1 client waits between two polls. */
const V1_PAUSE_MS = 1_000;
/** Milliseconds after which a message counts as lost: the bench fails. */
const LOST_MS = 20_000;

/** Takes every waiting message of the sessions' users first. */
export async function measurePolls(
  http: HttpClient,
  sessions: readonly Session[],
  scale: Scale,
): Promise<Polls> {
  for (const session of sessions) await drain(http, session);
  const { slowPairs, slowMessages, fastMessages } = scale;
  const slow = await Promise.all(
    Array.from({ length: slowPairs }, (_, pair) => {
      // Sent at evenly spread moments between two polls, so that luck has no part in the median.
      const moments = Array.from({ length: slowMessages }, (_, index) => {
        const share = (index * slowPairs + pair + 0.5) / (slowPairs * slowMessages);
        return share * V1_PAUSE_MS;
      });
      return deliver(http, pick(sessions, pair), pick(sessions, pair + 1), V1_PAUSE_MS, moments);
    }),
  );
  const at = Array.from({ length: fastMessages }, () => 0);
  const fast = await deliver(http, pick(sessions, 0), pick(sessions, 1), 0, at);
  return { everySecond: figureOf(slow.flat()), continuously: figureOf(fast) };
}

const poll = (http: HttpClient, session: Session): Promise<string> =>
  http.ask(signed(session, http, { method: 'GET', path: '/chat/messages' }));

const isEmpty = (answer: string): boolean => answer === '{"messages":[]}';

async function drain(http: HttpClient, session: Session): Promise<void> {
  while (!isEmpty(await poll(http, session)));
}

/** One message for each moment (milliseconds after a poll was answered); its latency in milliseconds. */
async function deliver(
  http: HttpClient,
  sender: Session,
  receiver: Session,
  pauseMs: number,
  moments: readonly number[],
): Promise<number[]> {
  const latencies: number[] = [];
  await poll(http, receiver);
  for (const [index, moment] of moments.entries()) {
    const marker = `message ${index} from ${sender.user.username}`;
    const send = async (): Promise<number> => {
      if (moment > 0) await setTimeout(moment);
      const start = performance.now();
      const body = Buffer.from(JSON.stringify({ message: marker }));
      await http.ask(signed(sender, http, sendTo(receiver.user.username, body)));
      return start;
    };
    const receive = async (): Promise<number> => {
      const deadline = performance.now() + LOST_MS;
      while (performance.now() < deadline) {
        if (pauseMs > 0) await setTimeout(pauseMs);
        const answer = await poll(http, receiver);
        if (answer.includes(`"${marker}"`)) return performance.now();
      }
      throw new Error(`a message to ${receiver.user.username} did not come within ${LOST_MS} ms`);
    };
    const [sent, received] = await Promise.all([send(), receive()]);
    latencies.push(received - sent);
  }
  return latencies;
}

const figureOf = (latencies: readonly number[]): PollFigure => ({
  messages: latencies.length,
  latencyMs: spreadOf(latencies),
});
