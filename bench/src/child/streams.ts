import { TIMING } from '@secure-chat/client/sync';
import { createArrivals } from '../delivery/arrivals.ts';
import { openRawStream, type RawStream, type StreamReader } from '../delivery/raw-stream.ts';
import { createHttpClient, type HttpClient } from '../http-client.ts';
import { runLoad } from '../load.ts';
import { pick } from '../people.ts';
import { signed } from '../signed-request.ts';
import { nowMs } from '../stamp.ts';
import { answerParent } from './answer-parent.ts';

/** Raw readers of streams, which say that they are there as often as our client does. */
export type StreamsQuestion =
  /** Beside those that are open. Answered when all are live: with the seconds that took. */
  | { readonly ask: 'open'; readonly url: string; readonly readers: readonly StreamReader[] }
  /** Answered when so many messages have come: with their latencies, and the seconds that the load took. */
  | { readonly ask: 'arrivals'; readonly count: number }
  /** What has happened to the streams since the last ones were opened. */
  | { readonly ask: 'interruptions' }
  /** Of all streams. */
  | { readonly ask: 'end' };

/** Streams that are asked for at a time, and connections for the heartbeats. */
const OPENING = 64;
const HEARTBEAT_CONNECTIONS = 16;
/** Milliseconds between two portions of heartbeats. */
const PORTION_MS = 50;

const arrivals = createArrivals();
let streams: RawStream[] = [];
let heartbeats: { end(): Promise<void> }[] = [];
let interruptions = newInterruptions();

function newInterruptions() {
  return { requests: 0, failures: 0, heartbeatsRefused: 0, lost: 0, resumedAt: [] as number[] };
}

async function open(url: string, readers: readonly StreamReader[]): Promise<object> {
  const start = performance.now();
  await runLoad({
    concurrency: OPENING,
    requests: readers.length,
    warmUp: 0,
    async send(_, turn) {
      const stream = openRawStream(url, pick(readers, turn), {
        onRequest: () => void interruptions.requests++,
        onFailure: () => void interruptions.failures++,
        onMessage: arrivals.add,
        onLost: () => void interruptions.lost++,
        onResumed: () => void interruptions.resumedAt.push(nowMs()),
      });
      streams.push(stream);
      await stream.live;
    },
  });
  heartbeats.push(keepSigning(url, readers));
  const seconds = (performance.now() - start) / 1000;
  interruptions = newInterruptions();
  return { seconds };
}

/** Each session signs a request as often as our client does, all of them spread over that time. */
function keepSigning(url: string, readers: readonly StreamReader[]) {
  const http: HttpClient = createHttpClient(url, HEARTBEAT_CONNECTIONS);
  const start = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - start) / TIMING.heartbeatMs) * readers.length;
    for (; sent < due; sent++) {
      const request = signed(pick(readers, sent), http, { method: 'POST', path: '/presence' });
      http.ask(request).catch(() => void interruptions.heartbeatsRefused++);
    }
  }, PORTION_MS);
  return {
    async end() {
      clearInterval(timer);
      await http.close();
    },
  };
}

async function end(): Promise<void> {
  await Promise.all(heartbeats.map((each) => each.end()));
  heartbeats = [];
  for (const stream of streams) stream.end();
  streams = [];
}

answerParent<StreamsQuestion>({
  hello: {},
  close: end,
  async answer(question) {
    switch (question.ask) {
      case 'open':
        return open(question.url, question.readers);
      case 'arrivals':
        return arrivals.take(question.count);
      case 'interruptions':
        return interruptions;
      case 'end':
        await end();
        return {};
    }
  },
});
