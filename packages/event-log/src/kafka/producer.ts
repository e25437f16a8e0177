import { setTimeout as delay } from 'node:timers/promises';
import { type MessageRecord, NumericMap, produceV9 } from '@platformatic/kafka';
import { EventLogError, logClosed, topicMissing } from '../errors.ts';
import type { Offset } from '../events.ts';
import { type Metrics, NO_METRICS } from '../metrics.ts';
import type { Cluster } from './cluster.ts';
import { ERROR, isAgain, isProducerLost } from './error-codes.ts';
import type { Link } from './link.ts';
import { type ProducerId, requestProducerId } from './producer-id.ts';
import { createProducerMeter } from './producer-meter.ts';
import { BrokerRefusal } from './refusal.ts';

/** All replicas in sync have a record before it counts as written. */
const ACKS_ALL = -1;
/**
 * Milliseconds in which they have to: more than `broker.session.timeout.ms` (9 s). A dead replica holds every append up until
 * it is fenced, and who gives up before that sends again what was written.
 */
const REPLICAS_MS = 15_000;
const REQUEST_MS = REPLICAS_MS + 1_000;
/** Records and bytes of one request: a broker takes some 20 ms for it. */
const REQUEST_RECORDS = 5_000;
const REQUEST_BYTES = 4 * 1024 * 1024;
/** Bytes of one topic's batch, unless its first record is larger: less than the topic's `max.message.bytes`. */
const BATCH_BYTES = 256 * 1024;
/** Bytes of all records that wait. With more the brokers do not keep up, and waiting would not help. */
const WAITING_BYTES = 64 * 1024 * 1024;
/** What a record costs beside its key and value. */
const RECORD_OVERHEAD = 64;
/** Milliseconds until an append is refused: less than the 5 s after which a client gives up. */
const APPEND_MS = 4_000;
/** Milliseconds of a produce without an answer after which another broker is asked who leads its topics. */
const WATCH_MS = 1_000;
const RETRY_MS = 50;
const SWEEP_MS = 100;
/** See `requests.ts`: for so long a topic has to be unknown before it is missing. */
const MISSING_MS = 600;

export interface Producer {
  /** Resolves to the record's offset once it is durable. Appends to one topic are written in the order of the calls. */
  append(
    topic: string,
    record: { readonly key: Buffer | null; readonly value: Buffer | null },
  ): Promise<Offset>;
  /** Refuses what is left: whether it is written is not known. */
  close(): void;
}

interface Entry {
  readonly queue: Queue;
  readonly message: MessageRecord;
  readonly bytes: number;
  readonly deadline: number;
  readonly resolve: (offset: Offset) => void;
  readonly reject: (error: EventLogError) => void;
  settled: boolean;
}

/** What was sent together, and is sent again together until its outcome is known. */
interface Batch {
  readonly entries: readonly Entry[];
  producer: ProducerId;
  sequence: number;
}

interface Queue {
  readonly topic: string;
  waiting: Entry[];
  /** In front of what waits: sent at least once, its outcome not known. */
  sent: Batch | null;
  missingSince: number | null;
}

interface Lane {
  readonly node: number;
  readonly link: Link;
  ready: Queue[];
  running: boolean;
}

/**
 * Group commit: one produce request in flight per broker; what is appended meanwhile makes the next one.
 *
 * What the stock producers do not do: one outcome for each record of many topics; order per topic over retries, since a batch
 * without a good answer is sent again as it was, under the same sequence number, in front of newer records; and a
 * deadline for the caller that does not give the batch up: who is told `unavailable` may append again under the same message id.
 */
export function createProducer(
  cluster: Cluster,
  kind: 'events' | 'mailboxes' = 'mailboxes',
  metrics: Metrics = NO_METRICS,
): Producer {
  const queues = new Map<string, Queue>();
  const lanes = new Map<number, Lane>();
  const open = new Set<Entry>();
  let lost: Queue[] = [];
  let discovering = false;
  let waitingBytes = 0;
  let current: Promise<ProducerId> | null = null;
  let closed = false;
  let sweeper: NodeJS.Timeout | undefined;
  const meter = createProducerMeter(metrics, kind, { records: () => open.size, bytes: () => waitingBytes });

  function settle(entry: Entry, act: () => void): void {
    if (entry.settled) return;
    entry.settled = true;
    open.delete(entry);
    act();
    if (open.size > 0) return;
    clearInterval(sweeper);
    sweeper = undefined;
  }

  function sweep(): void {
    const now = Date.now();
    for (const entry of open) {
      // In the order of the calls, and so of the deadlines.
      if (entry.deadline > now) return;
      // Never sent: it makes room. What was sent is kept until its outcome is known.
      if (entry.queue.waiting[0] === entry) {
        entry.queue.waiting.shift();
        free([entry]);
      }
      settle(entry, () =>
        entry.reject(new EventLogError('unavailable', 'The brokers did not take the record in time')),
      );
    }
  }

  function route(queue: Queue): void {
    const node = cluster.nodeOf(queue.topic);
    if (node === undefined) {
      lost.push(queue);
      if (!discovering) void discover(0);
      return;
    }
    queue.missingSince = null;
    let lane = lanes.get(node);
    if (!lane) {
      lane = { node, link: cluster.linkTo(node, REQUEST_MS), ready: [], running: false };
      lanes.set(node, lane);
    }
    lane.ready.push(queue);
    if (!lane.running) void run(lane);
  }

  async function discover(afterMs: number): Promise<void> {
    discovering = true;
    await delay(afterMs);
    while (lost.length > 0 && !closed) {
      const list = lost;
      lost = [];
      const unknown = list.map(({ topic }) => topic).filter((topic) => cluster.nodeOf(topic) === undefined);
      const missing = await cluster.locate(unknown).catch((error: unknown) => {
        if (error instanceof BrokerRefusal) for (const queue of list) refuse(queue, error);
        return null;
      });
      for (const queue of list) {
        if (missing?.has(queue.topic)) missed(queue);
        else if (cluster.nodeOf(queue.topic) === undefined) lost.push(queue);
        else route(queue);
      }
      if (lost.length > 0) await delay(RETRY_MS);
    }
    discovering = false;
  }

  function missed(queue: Queue): void {
    queue.missingSince ??= Date.now();
    if (Date.now() - queue.missingSince < MISSING_MS) {
      lost.push(queue);
      return;
    }
    const entries = [...(queue.sent?.entries ?? []), ...queue.waiting];
    free(entries);
    queues.delete(queue.topic);
    for (const entry of entries) settle(entry, () => entry.reject(topicMissing(queue.topic)));
  }

  /** No broker lets us in: nobody need wait for that. What was sent is kept until its outcome is known. */
  function refuse(queue: Queue, refusal: BrokerRefusal): void {
    const entries = [...(queue.sent?.entries ?? []), ...queue.waiting];
    free(queue.waiting);
    queue.waiting = [];
    for (const entry of entries) settle(entry, () => entry.reject(refusal.unavailable()));
  }

  const free = (entries: readonly Entry[]): void => {
    for (const { bytes } of entries) waitingBytes -= bytes;
  };

  /** Nothing is left: the queue goes, so that memory follows the topics in use. */
  function proceed(queue: Queue): void {
    if (queue.sent || queue.waiting.length > 0) route(queue);
    else queues.delete(queue.topic);
  }

  async function producerId(): Promise<ProducerId> {
    current ??= requestProducerId(cluster);
    const asked = current;
    try {
      const id = await asked;
      if (!id.isFull()) return id;
    } catch (error) {
      if (current === asked) current = null;
      throw error;
    }
    if (current === asked) current = null;
    return producerId();
  }

  /** What of a queue goes into the next request; what nobody waits for any more, and was never sent, goes nowhere. */
  function cut(queue: Queue, producer: ProducerId): Batch | null {
    const entries: Entry[] = [];
    let bytes = 0;
    let taken = 0;
    for (const entry of queue.waiting) {
      if (!entry.settled) {
        if (entries.length > 0 && bytes + entry.bytes > BATCH_BYTES) break;
        bytes += entry.bytes;
        entries.push(entry);
      } else free([entry]);
      taken += 1;
    }
    queue.waiting.splice(0, taken);
    if (entries.length === 0) return null;
    return { entries, producer, sequence: producer.take(queue.topic, entries.length) };
  }

  /** The queues of the next request. All its batches are of one producer id, that of the first. */
  function take(lane: Lane, producer: ProducerId): Map<string, Queue> {
    const taken = new Map<string, Queue>();
    const later: Queue[] = [];
    let identity: ProducerId | undefined;
    let records = 0;
    let bytes = 0;
    for (const queue of lane.ready) {
      if (records >= REQUEST_RECORDS || bytes >= REQUEST_BYTES) {
        later.push(queue);
        continue;
      }
      const batch = queue.sent ?? cut(queue, producer);
      queue.sent = batch;
      if (!batch) {
        proceed(queue);
        continue;
      }
      identity ??= batch.producer;
      if (batch.producer !== identity) {
        later.push(queue);
        continue;
      }
      records += batch.entries.length;
      for (const entry of batch.entries) bytes += entry.bytes;
      taken.set(queue.topic, queue);
    }
    lane.ready = later;
    return taken;
  }

  async function run(lane: Lane): Promise<void> {
    lane.running = true;
    // What is appended in the same turn shares the first request.
    await Promise.resolve();
    while (lane.ready.length > 0 && !closed) {
      const id = await producerId().catch(() => null);
      if (!id) {
        await delay(RETRY_MS);
        continue;
      }
      const taken = take(lane, id);
      if (taken.size > 0) await send(lane, taken);
    }
    lane.running = false;
  }

  async function send(lane: Lane, taken: Map<string, Queue>): Promise<void> {
    const watch = setInterval(() => void leaveIfMoved(lane, taken), WATCH_MS);
    const begun = performance.now();
    try {
      for (const { name, partitionResponses } of await produce(lane.link, [...taken.values()])) {
        const queue = taken.get(name);
        const [partition] = partitionResponses;
        if (!queue || !partition) continue;
        taken.delete(name);
        conclude(queue, partition);
      }
      meter.answered((performance.now() - begun) / 1000);
    } catch {
      // Nothing is known of those that are left: they are sent again.
    } finally {
      clearInterval(watch);
    }
    meter.batches('unanswered', taken.size);
    for (const queue of taken.values()) retry(queue);
  }

  function conclude(
    queue: Queue,
    { errorCode, baseOffset }: { readonly errorCode: number; readonly baseOffset: bigint },
  ): void {
    const { sent } = queue;
    if (!sent) return;
    if (isAgain(errorCode)) {
      meter.batches('again');
      retry(queue);
      return;
    }
    if (isProducerLost(errorCode)) {
      meter.batches('again');
      void renew(queue, sent);
      return;
    }
    queue.sent = null;
    free(sent.entries);
    meter.batches(errorCode === ERROR.none ? 'written' : 'refused');
    if (errorCode === ERROR.none) {
      sent.entries.forEach((entry, index) => {
        settle(entry, () => entry.resolve(Number(baseOffset) + index));
      });
    } else {
      sent.producer.giveBack(queue.topic, sent.sequence);
      const refused = new EventLogError('unavailable', `Produce to ${queue.topic}: error ${errorCode}`);
      for (const entry of sent.entries) settle(entry, () => entry.reject(refused));
    }
    proceed(queue);
  }

  /** The broker has lost the numbers of this producer: the batch gets one of a new producer. */
  async function renew(queue: Queue, sent: Batch): Promise<void> {
    const asked = await current?.catch(() => null);
    if (asked === sent.producer) current = null;
    const fresh = await producerId().catch(() => null);
    if (fresh) {
      sent.producer = fresh;
      sent.sequence = fresh.take(queue.topic, sent.entries.length);
    }
    retry(queue);
  }

  function retry(queue: Queue): void {
    cluster.forget(queue.topic);
    lost.push(queue);
    if (!discovering) void discover(RETRY_MS);
  }

  /** A broker that stopped never answers: when the others say that it no longer leads these topics, its connection is given up. */
  async function leaveIfMoved(lane: Lane, taken: ReadonlyMap<string, Queue>): Promise<void> {
    const topics = [...taken.keys()];
    await cluster.locate(topics).catch(() => null);
    const moved = (topic: string): boolean => (cluster.nodeOf(topic) ?? lane.node) !== lane.node;
    if (topics.some((topic) => taken.has(topic) && moved(topic))) lane.link.drop();
  }

  return {
    append(topic, { key, value }) {
      if (closed) return Promise.reject(logClosed());
      const bytes = (key?.byteLength ?? 0) + (value?.byteLength ?? 0) + RECORD_OVERHEAD;
      if (waitingBytes + bytes > WAITING_BYTES)
        return Promise.reject(new EventLogError('unavailable', 'Too many records wait for the brokers'));
      return new Promise((resolve, reject) => {
        const present = queues.get(topic);
        const queue: Queue = present ?? { topic, waiting: [], sent: null, missingSince: null };
        const message = messageOf(topic, key, value);
        const deadline = Date.now() + APPEND_MS;
        const entry = { queue, message, bytes, deadline, resolve, reject, settled: false };
        open.add(entry);
        waitingBytes += bytes;
        sweeper ??= setInterval(sweep, SWEEP_MS);
        queue.waiting.push(entry);
        if (present) return;
        queues.set(topic, queue);
        route(queue);
      });
    },
    close() {
      closed = true;
      for (const entry of [...open]) settle(entry, () => entry.reject(logClosed()));
      for (const { link } of lanes.values()) link.drop();
    },
  };
}

async function produce(link: Link, queues: readonly Queue[]): Promise<produceV9.ProduceResponseTopic[]> {
  const producer = queues[0]?.sent?.producer;
  if (!producer) throw new Error('nothing to produce');
  const messages: MessageRecord[] = [];
  const sequences = new NumericMap();
  for (const { topic, sent } of queues) {
    if (!sent) continue;
    sequences.set(`${topic}:0`, sent.sequence);
    for (const { message } of sent.entries) messages.push(message);
  }
  const options = { producerId: producer.id, producerEpoch: producer.epoch, sequences };
  const answer = await link.ask((connection) =>
    produceV9.api.async(connection, ACKS_ALL, REPLICAS_MS, messages, options),
  );
  // A boolean is the answer to a produce that wants none.
  if (typeof answer === 'boolean') throw new Error('no answer to a produce');
  return answer.responses;
}

function messageOf(topic: string, key: Buffer | null, value: Buffer | null): MessageRecord {
  const message = { topic, partition: 0, ...(key && { key }) };
  if (value !== null) return { ...message, value };
  // The client's types know no tombstone; on the wire a value that is absent is one.
  const tombstone: Omit<MessageRecord, 'value'> = message;
  return tombstone as MessageRecord;
}
