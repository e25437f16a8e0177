import { setTimeout as delay } from 'node:timers/promises';
import { EventLogError, logClosed, topicMissing } from '../errors.ts';
import type { Offset } from '../events.ts';
import type { Following } from '../mailboxes.ts';
import { type Metrics, NO_METRICS } from '../metrics.ts';
import type { Cluster } from './cluster.ts';
import { createFollower, type Follower, type Listener } from './follower.ts';
import { createLane, type Lane } from './lane.ts';
import type { Offsets } from './offsets.ts';

/** Topics of one lane: with 5,000 topics and 1,000 messages/s, 50 lanes had a p50 of 0.9 ms, one lane 32 ms. */
const LANE_TOPICS = 100;
/**
 * Lanes with one broker. It has 1,000 slots for fetch sessions, replicas' included: so some 15 relays have sessions; the lanes
 * of further ones work, and cost more.
 */
const LANES_MAX = 64;
/** Milliseconds that a broker waits for a first record. */
const MAIN_WAIT_MS = 500;
/** As above, for topics on their way to their lane: new ones enter as quickly. */
const JOIN_WAIT_MS = 10;
/** Milliseconds before a leader is looked for again; doubled with each failure of its broker. */
const RETRY_MS = 50;
const RETRY_MAX_MS = 1_000;
/** See `requests.ts`: for so long a topic has to be unknown before it is missing. */
const MISSING_MS = 600;

export interface LanesOptions {
  readonly cluster: Cluster;
  readonly offsets: Offsets;
  readonly onTrouble: (details: object, problem: string) => void;
  readonly kind?: 'events' | 'mailboxes';
  readonly metrics?: Metrics;
}

/** Follows any number of topics, each at an offset of its own. */
export interface Lanes {
  /** One call of the listener at a time. Throws `topic_missing`, `unavailable`, `closed`. */
  follow(topic: string, from: Offset, listener: Listener): Promise<Following>;
  close(): void;
}

/**
 * A broker answers nothing else on a connection while a poll is pending. So a new topic enters by a join lane, which polls in
 * short turns without a session, and moves to its own lane when that is between two polls.
 */
export function createLanes({ cluster, offsets, onTrouble, ...options }: LanesOptions): Lanes {
  const { kind = 'mailboxes', metrics = NO_METRICS } = options;
  const lanes = new Map<number, { readonly main: Lane[]; readonly join: Lane[] }>();
  const followers = new Set<Follower>();
  /** Those without a lane, whose leader is looked for. */
  const homeless = new Set<Follower>();
  /** Of each broker, one after the other. */
  const failures = new Map<number, number>();
  let seeking = false;
  let closed = false;
  metrics.gauge('log_followed_topics', 'Topics that this process follows.', () => followers.size, { kind });
  metrics.gauge('kafka_leaderless_topics', 'Followed topics without a known leader.', () => homeless.size, {
    kind,
  });
  metrics.gauge('kafka_lag_records', 'Records behind the end of followed topics.', () => lagOf(followers), {
    kind,
  });

  function lanesOf(node: number): { readonly main: Lane[]; readonly join: Lane[] } {
    const present = lanes.get(node);
    if (present) return present;
    const none = { main: [], join: [] };
    lanes.set(node, none);
    return none;
  }

  function laneFor(node: number, kind: 'main' | 'join', topicId: string): Lane {
    const all = lanesOf(node)[kind];
    const most = kind === 'main' && all.length < LANES_MAX ? LANE_TOPICS : Number.POSITIVE_INFINITY;
    // Two followers of one topic are on two lanes.
    const fit = all.find((lane) => lane.size < most && !lane.has(topicId));
    if (fit) return fit;
    const lane = makeLane(node, kind);
    all.push(lane);
    return lane;
  }

  function makeLane(node: number, kind: 'main' | 'join'): Lane {
    const lane: Lane = createLane({
      cluster,
      node,
      waitMs: kind === 'main' ? MAIN_WAIT_MS : JOIN_WAIT_MS,
      session: kind === 'main',
      onRound() {
        failures.delete(node);
        for (const join of lanesOf(node).join) bringHome(join);
      },
      onLost(lost, reason) {
        if (reason === 'out of range') for (const follower of lost) void reposition(follower);
        else seekAgain(node, lost);
      },
      onTrouble(error) {
        const count = (failures.get(node) ?? 0) + 1;
        failures.set(node, count);
        // All its lanes fail, again and again: said once.
        if (count === 1) onTrouble({ err: error, node }, 'a broker does not answer a reader');
      },
    });
    return lane;
  }

  /** Whoever is on the way to a lane that is between two polls goes there. */
  function bringHome(join: Lane): void {
    for (const follower of [...join.followers()]) {
      const { home } = follower;
      if (!home || home.polling) continue;
      join.remove(follower);
      if (home.has(follower.topicId)) place(follower);
      else home.add(follower);
    }
  }

  function place(follower: Follower): void {
    const leader = cluster.leaderOf(follower.topic);
    if (!leader) {
      homeless.add(follower);
      if (!seeking) void seek(0);
      return;
    }
    homeless.delete(follower);
    // Another topic of the same name.
    if (leader.topicId !== follower.topicId) {
      follower.end(topicMissing(follower.topic));
      return;
    }
    follower.missingSince = null;
    follower.epoch = leader.epoch;
    const home = laneFor(leader.node, 'main', follower.topicId);
    follower.home = home;
    if (home.polling) laneFor(leader.node, 'join', follower.topicId).add(follower);
    else home.add(follower);
  }

  function seekAgain(node: number, lost: readonly Follower[]): void {
    for (const follower of lost) {
      cluster.forget(follower.topic);
      homeless.add(follower);
    }
    const afterMs = Math.min(RETRY_MS * 2 ** Math.min(failures.get(node) ?? 0, 10), RETRY_MAX_MS);
    if (!seeking) void seek(afterMs);
  }

  async function seek(afterMs: number): Promise<void> {
    seeking = true;
    await delay(afterMs);
    while (homeless.size > 0 && !closed) {
      const list = [...homeless];
      const missing = await cluster.locate([...new Set(list.map(({ topic }) => topic))]).catch(() => null);
      for (const follower of list) {
        if (follower.ended) homeless.delete(follower);
        else if (missing?.has(follower.topic)) missed(follower);
        else if (cluster.leaderOf(follower.topic)) place(follower);
      }
      if (homeless.size > 0) await delay(RETRY_MS);
    }
    seeking = false;
  }

  function missed(follower: Follower): void {
    follower.missingSince ??= Date.now();
    if (Date.now() - follower.missingSince >= MISSING_MS) follower.end(topicMissing(follower.topic));
  }

  /** Trimmed below: goes on at the first record that is kept. Beyond the end, which a log that lost its end has: at its end. */
  async function reposition(follower: Follower): Promise<void> {
    const { topic, position } = follower;
    try {
      const [start, head] = await Promise.all([offsets.start(topic), offsets.head(topic)]);
      if (follower.ended) return;
      if (position > head) onTrouble({ topic, position, head }, 'a topic ends before what was read of it');
      follower.position = Math.min(Math.max(position, start), head);
      follower.deliver([], follower.position);
    } catch {
      // It is placed where the leader is found, and asked again.
    }
    if (!follower.ended && !follower.busy) place(follower);
  }

  return {
    async follow(topic, from, listener) {
      if (closed) throw logClosed();
      // Whether it exists, and who leads it.
      await offsets.head(topic);
      const leader = cluster.leaderOf(topic);
      if (closed) throw logClosed();
      if (!leader) throw new EventLogError('unavailable', `${topic} has no leader at present`);
      const follower = createFollower({
        topic,
        topicId: leader.topicId,
        from,
        listener,
        onReady(ready) {
          if (!ready.lane && !homeless.has(ready)) place(ready);
        },
        onEnd(ended) {
          followers.delete(ended);
          homeless.delete(ended);
        },
      });
      followers.add(follower);
      place(follower);
      return { failed: follower.failed, close: async () => follower.end() };
    },
    close() {
      closed = true;
      for (const follower of [...followers]) follower.end(logClosed());
      for (const { main, join } of lanes.values()) for (const lane of [...main, ...join]) lane.close();
    },
  };
}

function lagOf(followers: Iterable<Follower>): number {
  let lag = 0;
  for (const follower of followers) lag += follower.lag;
  return lag;
}
