import { round, type Spread, spreadOf } from '../arithmetic.ts';
import type { StreamsQuestion } from '../child/streams.ts';
import { type Child, type Memory, numberOf } from '../child-process.ts';
import type { HttpClient } from '../http-client.ts';
import { type Pace, paced } from '../paced.ts';
import { pick, type Session } from '../people.ts';
import { sendTo, signed } from '../signed-request.ts';
import { stampedMessage } from '../stamp.ts';
import { within } from '../within.ts';
import { arrivedOf, type Latency, latencyOf, type Meters, metered, type Shares } from './latency.ts';
import type { StreamReader } from './raw-stream.ts';
import type { DeliveryScale } from './scale.ts';

/** From the start of a send to the event at a raw reader of the stream. */
export interface StreamsLatency extends Latency {
  /** Of the send, until it is acknowledged. */
  readonly ackMs: Spread;
  readonly lateMs: Spread;
  readonly cpuPercent: Shares;
}

/** KiB that one open stream takes. */
export interface PerStream {
  /** Of the process's memory, garbage collected before. */
  readonly rss: number;
  /** Of that, what JavaScript has. */
  readonly heap: number;
}

export interface Streams {
  readonly streams: number;
  /** Until all but the first ones were live. */
  readonly openSeconds: number;
  /** Of each kind of process, by its name. */
  readonly perStream: Readonly<Record<string, PerStream>>;
  readonly paces: readonly StreamsLatency[];
}

/** Milliseconds after the last acknowledgement in which all have to arrive: else one is lost, and the bench fails. A machine that does not keep up has that long. */
const LOST_MS = 300_000;
const KIB = 1024;

export interface StreamsParts {
  readonly url: string;
  readonly http: HttpClient;
  readonly reader: Child<StreamsQuestion>;
  readonly sessions: readonly Session[];
  /** The path of the stream of each session. */
  readonly pathOf: (session: Session, index: number) => string;
  /** Processes whose memory counts, by what they are; several of a kind are summed up. */
  readonly servers: Readonly<Record<string, readonly Child[]>>;
  readonly meters: Meters;
  readonly scale: DeliveryScale;
  readonly progress: (line: string) => void;
}

export async function measureStreams(parts: StreamsParts): Promise<Streams> {
  const { sessions, servers, scale, progress } = parts;
  progress(`${sessions.length} streams`);
  const some = sessions.slice(0, scale.streamsBefore);
  await openStreams(parts, readersOf(parts, some));
  await load({ ...parts, sessions: some }, { perSecond: 100, count: scale.streamsBefore });
  const before = await memoryOf(servers);
  const others = sessions.slice(scale.streamsBefore);
  const openSeconds = await openStreams(parts, readersOf(parts, others));
  const after = await memoryOf(servers);
  const paces: StreamsLatency[] = [];
  for (const pace of scale.paces) {
    progress(`${sessions.length} streams, ${pace.perSecond} messages a second`);
    // What it takes until everything is compiled.
    await load(parts, { ...pace, count: Math.ceil(pace.count / 5) });
    paces.push(await load(parts, pace));
  }
  return {
    streams: sessions.length,
    openSeconds: round(openSeconds, 1),
    perStream: Object.fromEntries(
      Object.keys(servers).map((name) => [name, perStream(before[name], after[name], others.length)]),
    ),
    paces,
  };
}

export const readersOf = ({ pathOf }: Pick<StreamsParts, 'pathOf'>, sessions: readonly Session[]) =>
  sessions.map((session, index): StreamReader => {
    const { sessionId, sessionKey, signatures } = session;
    return { path: pathOf(session, index), sessionId, sessionKey, signatures };
  });

/** Beside those that are open. Resolves to the seconds until all were live. */
export const openStreams = async (
  { url, reader }: Pick<StreamsParts, 'url' | 'reader'>,
  readers: readonly StreamReader[],
): Promise<number> => numberOf(await reader.ask({ ask: 'open', url, readers }), 'seconds');

/** Every session writes to the next one. */
async function load(parts: StreamsParts, pace: Pace): Promise<StreamsLatency> {
  const { http, reader, sessions, meters } = parts;
  // What came before is of no load: streams that were opened again had what waited once more.
  await reader.ask({ ask: 'arrivals', count: 0 });
  const acks: number[] = [];
  const send = async (turn: number): Promise<void> => {
    const recipient = pick(sessions, turn + 1).user.username;
    const start = performance.now();
    const body = Buffer.from(JSON.stringify({ message: stampedMessage() }));
    await http.ask(signed(pick(sessions, turn), http, sendTo(recipient, body)));
    acks.push(performance.now() - start);
  };
  const { outcome: lateMs, cpuPercent } = await metered(meters, () => paced(pace, send));
  const late = `messages did not arrive within ${LOST_MS} ms`;
  const arrived = await within(LOST_MS, late, reader.ask({ ask: 'arrivals', count: pace.count }));
  return {
    ...latencyOf(pace.perSecond, [arrivedOf(arrived)]),
    ackMs: spreadOf(acks),
    lateMs: spreadOf(lateMs),
    cpuPercent,
  };
}

/** One process after another: they share the cores. */
async function memoryOf(servers: StreamsParts['servers']): Promise<Record<string, Memory>> {
  const memory: Record<string, Memory> = {};
  for (const [name, processes] of Object.entries(servers)) {
    let sum: Memory = { rss: 0, heap: 0 };
    for (const server of processes) {
      const { rss, heap } = await server.settled();
      sum = { rss: sum.rss + rss, heap: sum.heap + heap };
    }
    memory[name] = sum;
  }
  return memory;
}

/** Throws where one of both is missing. */
function perStream(before: Memory | undefined, after: Memory | undefined, streams: number): PerStream {
  if (!before || !after) throw new RangeError('no memory to compare');
  return {
    rss: round((after.rss - before.rss) / streams / KIB, 1),
    heap: round((after.heap - before.heap) / streams / KIB, 1),
  };
}
