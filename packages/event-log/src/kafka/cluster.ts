import { type Connection, metadataV12 } from '@platformatic/kafka';
import type { Address, Dial } from './dial.ts';
import { ERROR } from './error-codes.ts';
import { createLink, type Link } from './link.ts';
import { BrokerRefusal } from './refusal.ts';

/** Topics of one metadata request: an answer of about 50 KB. */
const TOPICS_PER_REQUEST = 500;
/** Milliseconds for a metadata answer. */
const ANSWER_MS = 2_000;
/** Leaders that are remembered, some 20 MB; the oldest ones are asked for again. */
const LEADERS_MAX = 100_000;

/** Who leads a topic. */
export interface Leader {
  readonly node: number;
  /** Grows with each change of leader; named in requests, so that a broker that lost the topic says so. */
  readonly epoch: number;
  /** Another one when the topic was deleted and made again. */
  readonly topicId: string;
}

/** What is known of the brokers: their addresses, and which one leads which topic. */
export interface Cluster {
  /** As last heard; undefined when it was not asked for, has none at present, or does not exist. */
  leaderOf(topic: string): Leader | undefined;
  nodeOf(topic: string): number | undefined;
  /** Asks a broker, whichever answers. Resolves to those topics that do not exist there; rejects when no broker answers. */
  locate(topics: readonly string[]): Promise<ReadonlySet<string>>;
  /** Its leader is to be asked for again. */
  forget(topic: string): void;
  /** Connections to a broker, of one kind of request. Its `ask` rejects for a broker that no metadata named. */
  linkTo(node: number, requestMs: number): Link;
  /** The same to wherever `address` says. */
  linkAt(address: () => Address, requestMs: number): Link;
  /** Asks one broker after the other until one answers; rejects with a refusal, or with what the last one did. */
  askAny<T>(question: (connection: Connection) => Promise<T>): Promise<T>;
  close(): void;
}

/** Throws for an empty list. */
export function createCluster(bootstrap: readonly Address[], dial: Dial): Cluster {
  const leaders = new Map<string, Leader>();
  const brokers = new Map<number, Address>();
  let turn = 0;
  let link: Link | undefined;

  const candidates = (): readonly Address[] => [...bootstrap, ...brokers.values()];
  const candidate = (): Address => {
    const all = candidates();
    const address = all[turn % all.length];
    if (!address) throw new Error('no broker is configured');
    return address;
  };
  candidate();
  const linkAt: Cluster['linkAt'] = (address, requestMs) => createLink(address, requestMs, dial);

  function addressOf(node: number): Address {
    const address = brokers.get(node);
    if (!address) throw new Error(`no broker ${node} is known`);
    return address;
  }

  async function askAny<T>(question: (connection: Connection) => Promise<T>): Promise<T> {
    let refusal: BrokerRefusal | undefined;
    for (let left = candidates().length; ; left--) {
      const address = candidate();
      link ??= linkAt(() => address, ANSWER_MS);
      const asked = link;
      try {
        return await asked.ask(question);
      } catch (error) {
        if (link === asked) {
          asked.drop();
          link = undefined;
          turn += 1;
        }
        if (error instanceof BrokerRefusal) refusal = error;
        if (left <= 1) throw refusal ?? error;
      }
    }
  }

  function remember(topic: string, leader: Leader): void {
    leaders.delete(topic);
    leaders.set(topic, leader);
    if (leaders.size <= LEADERS_MAX) return;
    const [oldest] = leaders.keys();
    if (oldest !== undefined) leaders.delete(oldest);
  }

  return {
    leaderOf: (topic) => leaders.get(topic),
    nodeOf: (topic) => leaders.get(topic)?.node,
    async locate(topics) {
      const missing = new Set<string>();
      for (let first = 0; first < topics.length; first += TOPICS_PER_REQUEST) {
        const slice = topics.slice(first, first + TOPICS_PER_REQUEST);
        const answer = await askAny((connection) => metadataV12.api.async(connection, slice, false, false));
        for (const { nodeId, host, port } of answer.brokers) brokers.set(nodeId, { host, port });
        for (const { name, errorCode, topicId, partitions } of answer.topics) {
          if (!name) continue;
          const [partition] = partitions;
          if (errorCode === ERROR.none && partition && partition.leaderId >= 0)
            remember(name, { node: partition.leaderId, epoch: partition.leaderEpoch, topicId });
          else leaders.delete(name);
          if (errorCode === ERROR.unknownTopicOrPartition) missing.add(name);
        }
      }
      return missing;
    },
    forget: (topic) => void leaders.delete(topic),
    linkTo: (node, requestMs) => linkAt(() => addressOf(node), requestMs),
    linkAt,
    askAny,
    close: () => link?.drop(),
  };
}
