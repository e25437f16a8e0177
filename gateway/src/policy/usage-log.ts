import { setTimeout as sleep } from 'node:timers/promises';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import type { Logger } from '@secure-chat/service-kit/logger';
import type { Codec, UsageRecord } from '@secure-chat/wire/events';
import { USAGE_TOPIC } from '@secure-chat/wire/names';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { openGatewayTopic } from '../gateway-topic.ts';
import { jsonOf } from '../json-of.ts';
import { pagesOf } from '../pages.ts';

/** Milliseconds for which uses are collected: so long another gateway may give what is not there any more. */
const TOLD_MS = 250;
const TOLD_AGAIN_MS = 1_000;
/** Buckets in one record: 50 KB; and those that wait to be told of while the log takes nothing: beyond, they are not. */
const RECORD_BUCKETS = 500;
const WAITING_MAX = 10_000;
/** Milliseconds for which a restart knows what was used, and in whose steps that is kept. */
const COUNTS_MS = 3_600_000;
const STEP_MS = 60_000;
/** Milliseconds for the last record: a gateway that ends does not wait for a log that is away. */
const LAST_MS = 1_000;

const Uses = Type.Array(
  Type.Tuple([Type.String(), Type.String(), Type.Integer({ minimum: 1, maximum: 1e9 })]),
);

/** What gateways tell each other of what they let users and addresses do beyond the part that nobody is told of. */
export interface UsageLog {
  /** Lets the others, and this one after a restart, know soon of one more. */
  tell(rule: string, key: string): void;
  /** Rejects when the topic can no longer be followed. */
  readonly failed: Promise<never>;
  /** Tells what is left, and stops. */
  close(): Promise<void>;
}

export interface UsageLogParts {
  readonly mailboxes: Mailboxes;
  readonly codec: Codec<UsageRecord>;
  /** Of this process alone. */
  readonly gatewayId: string;
  readonly clock: () => number;
  readonly logger: Logger;
  /** Gets what others have said, and this one before it was started anew. */
  readonly onUsed: (rule: string, key: string, many: number, at: number) => void;
}

/** Resolves when what was used in the last hour was read. */
export async function openUsageLog(parts: UsageLogParts): Promise<UsageLog> {
  const { mailboxes, codec, gatewayId, clock, logger, onUsed } = parts;
  /** By rule and key, which are told apart by the first space. */
  let fresh = new Map<string, number>();
  let telling: NodeJS.Timeout | undefined;
  let closed = false;

  function onRecord({ gateway, at, uses }: UsageRecord): number | null {
    const known = jsonOf({ body: uses });
    if (!Value.Check(Uses, known)) return null;
    // Clocks differ: what was used is not of the future.
    const when = Math.min(at, clock());
    if (gateway !== gatewayId) for (const [rule, key, many] of known) onUsed(rule, key, many, when);
    return Math.ceil(when / STEP_MS) * STEP_MS + COUNTS_MS;
  }

  const topic = await openGatewayTopic({ mailboxes, topic: USAGE_TOPIC, codec, clock, logger, onRecord });

  async function tellAll(): Promise<void> {
    clearTimeout(telling);
    telling = undefined;
    const told = [...fresh];
    fresh = new Map();
    for (const page of pagesOf(told, RECORD_BUCKETS)) {
      const uses = JSON.stringify(page.map(([name, many]) => [...partsOf(name), many]));
      try {
        await topic.append({ gateway: gatewayId, at: clock(), uses });
      } catch (error) {
        logger.warn({ err: error }, 'uses were not told to other gateways; the next record has them');
        for (const [name, many] of page) add(name, many);
        tellLater(TOLD_AGAIN_MS);
      }
    }
  }

  function add(name: string, many: number): void {
    const before = fresh.get(name);
    if (before === undefined && fresh.size >= WAITING_MAX) return;
    fresh.set(name, (before ?? 0) + many);
  }

  function tellLater(ms: number): void {
    if (!closed) telling ??= setTimeout(() => void tellAll(), ms).unref();
  }

  return {
    tell(rule, key) {
      add(`${rule} ${key}`, 1);
      tellLater(TOLD_MS);
    },
    failed: topic.failed,
    async close() {
      closed = true;
      const given = new AbortController();
      const late = sleep(LAST_MS, undefined, { signal: given.signal }).catch(() => {});
      await Promise.race([tellAll(), late]);
      given.abort();
      await topic.close();
    },
  };
}

function partsOf(name: string): [rule: string, key: string] {
  const space = name.indexOf(' ');
  return [name.slice(0, space), name.slice(space + 1)];
}
