import { setTimeout as sleep } from 'node:timers/promises';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import { AppError } from '@secure-chat/service-kit/app-error';
import type { Logger } from '@secure-chat/service-kit/logger';
import type { Codec, SignaturesRecord } from '@secure-chat/wire/events';
import { SIGNATURES_TOPIC } from '@secure-chat/wire/names';
import { openGatewayTopic } from './gateway-topic.ts';
import { pagesOf } from './pages.ts';
import { decodeEntries, encodeEntries } from './signature-entries.ts';
import type { UsedSignature } from './used-signatures.ts';

/** Milliseconds for which what nobody waits for is collected; and after which it is tried again. */
const TOLD_MS = 50;
const TOLD_AGAIN_MS = 1_000;
/** Milliseconds until a claim has to be read back: its append has an outcome within 4 s. */
const CLAIM_MS = 5_000;
/** Signatures in one record: 27 KB. */
const RECORD_SIGNATURES = 1_000;
/** Milliseconds for the last record: a gateway that ends does not wait for a log that is away. */
const LAST_MS = 1_000;

/** What gateways tell each other of signatures that were used: one topic, in whose order the first one counts. */
export interface SignatureLog {
  /** Resolves, once that is durable, to whether no other gateway was first. Throws `unavailable`. Once for a signature. */
  claim(used: UsedSignature): Promise<boolean>;
  /** Lets the other gateways, and this one after a restart, know soon. */
  tell(used: UsedSignature): void;
  /** Rejects when the topic can no longer be followed. */
  readonly failed: Promise<never>;
  /** Tells what is left, and stops. */
  close(): Promise<void>;
}

export interface SignatureLogParts {
  readonly mailboxes: Mailboxes;
  readonly codec: Codec<SignaturesRecord>;
  /** Of this process alone. */
  readonly gatewayId: string;
  readonly clock: () => number;
  readonly logger: Logger;
  /** Gets every signature in the log, those from before first. */
  readonly onUsed: (used: UsedSignature) => void;
}

interface Claim {
  readonly used: UsedSignature;
  readonly resolve: (isFirst: boolean) => void;
  readonly reject: (reason: unknown) => void;
}

/** Resolves when all that stands in the log was read: a restart reopens no window. */
export async function openSignatureLog(parts: SignatureLogParts): Promise<SignatureLog> {
  const { mailboxes, codec, gatewayId, clock, logger, onUsed } = parts;
  const closing = new AbortController();
  const wait = (ms: number): Promise<unknown> => sleep(ms, undefined, { signal: closing.signal });

  /** Of this gateway, by signature: those that were not read back yet. */
  const claims = new Map<string, Claim>();
  let fresh: Claim[] = [];
  let told: UsedSignature[] = [];
  let telling: NodeJS.Timeout | undefined;

  function take(record: SignaturesRecord): number | null {
    const entries = decodeEntries(record.entries);
    if (!entries) return null;
    for (const used of entries) {
      const claim = claims.get(used.signature);
      claims.delete(used.signature);
      claim?.resolve(record.gateway === gatewayId);
      onUsed(used);
    }
    return Math.max(0, ...entries.map(({ until }) => until));
  }

  const topic = await openGatewayTopic({
    mailboxes,
    topic: SIGNATURES_TOPIC,
    codec,
    clock,
    logger,
    onRecord: take,
  });
  const append = (batch: readonly UsedSignature[]): Promise<void> =>
    topic.append({ gateway: gatewayId, entries: encodeEntries(batch) });

  async function claimAll(batch: readonly Claim[]): Promise<void> {
    const refuse = (cause?: unknown): void => {
      for (const { used, reject } of batch) {
        claims.delete(used.signature);
        reject(new AppError('unavailable', { cause }));
      }
    };
    // An outcome is known to each that was read back; to refuse it then changes nothing.
    await append(batch.map(({ used }) => used)).then(() => void setTimeout(refuse, CLAIM_MS).unref(), refuse);
  }

  /** All claims of one turn of the event loop are one record. */
  function flush(): void {
    const all = fresh;
    fresh = [];
    for (const batch of pagesOf(all, RECORD_SIGNATURES)) void claimAll(batch);
  }

  async function tellAll(): Promise<void> {
    telling = undefined;
    const batch = told.slice(0, RECORD_SIGNATURES);
    try {
      if (batch.length > 0) await append(batch);
      told = told.slice(batch.length);
      if (told.length > 0) tellLater(0);
    } catch (error) {
      logger.warn({ err: error }, 'signatures were not told to other gateways; the next record has them');
      told = told.filter(({ until }) => until >= clock());
      tellLater(TOLD_AGAIN_MS);
    }
  }

  function tellLater(ms: number): void {
    if (!closing.signal.aborted) telling ??= setTimeout(() => void tellAll(), ms).unref();
  }

  return {
    claim: (used) =>
      new Promise((resolve, reject) => {
        const claim = { used, resolve, reject };
        claims.set(used.signature, claim);
        if (fresh.push(claim) === 1) setImmediate(flush);
      }),
    tell(used) {
      told.push(used);
      tellLater(TOLD_MS);
    },
    failed: topic.failed,
    async close() {
      clearTimeout(telling);
      flush();
      await Promise.race([tellAll(), wait(LAST_MS).catch(() => {})]);
      closing.abort();
      clearTimeout(telling);
      await topic.close();
    },
  };
}
