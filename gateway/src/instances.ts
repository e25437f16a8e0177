import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@secure-chat/service-kit/logger';
import { createInstance, type Instance } from './instance.ts';

/** Milliseconds between two look-ups: a new relay has work within 2 s, and one look-up costs less than one call. */
const LOOK_MS = 2_000;
/** Milliseconds that a call waits for a look-up: a resolver on the same network takes one or two. */
const LOOK_WAIT_MS = 1_000;

/** The addresses of a host name, at least one; rejects when there is none or nobody knows. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

export const resolveName: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

/** What an instance has to do, of calls and of streams: they are spread apart, since a stream lasts and costs little. */
export type Load = 'pending' | 'streams';

/** The instances of a service: one for each address that each of its origins resolves to. */
export interface Instances {
  readonly all: readonly Instance[];
  /**
   * The instance that should be asked next, of those not tried: one that works before one that failed, then the one
   * with the least load (pending calls, or streams), in turn among equals. So an instance that hangs gets hardly more than the others
   * have pending, and the last one is asked even though it failed. Null when there is none.
   */
  next(tried: ReadonlySet<Instance>, load?: Load): Instance | null;
  /** Looks all names up now, for a second at most. Where that fails, what is known stays. */
  look(): Promise<void>;
  close(): Promise<void>;
}

export function followInstances(
  origins: readonly string[],
  logger: Logger,
  resolve: Resolve,
  lookMs = LOOK_MS,
): Instances {
  const known = new Map<string, Map<string, Instance>>(origins.map((origin) => [origin, new Map()]));
  let all: readonly Instance[] = [];
  let last = 0;
  let closed = false;

  const lookUp = async (origin: string, before: Map<string, Instance>): Promise<void> => {
    const hostname = new URL(origin).hostname.replace(/^\[|\]$/g, '');
    const addresses = await resolve(hostname);
    if (closed) return;
    const now = new Map<string, Instance>();
    for (const address of addresses)
      now.set(address, before.get(address) ?? createInstance(origin, address, logger));
    for (const [address, instance] of before) if (!now.has(address)) instance.retire();
    known.set(origin, now);
    all = [...known.values()].flatMap((byAddress) => [...byAddress.values()]);
  };

  /** One at a time: a resolver that hangs holds a thread, and is not given all of them. */
  let looking: Promise<unknown> | null = null;
  const look = async (): Promise<void> => {
    looking ??= Promise.all(
      [...known].map(([origin, before]) =>
        lookUp(origin, before).catch((error: unknown) =>
          logger.warn({ err: error, origin }, 'a name was not resolved; its known addresses stay'),
        ),
      ),
    ).finally(() => {
      looking = null;
    });
    await Promise.race([looking, sleep(LOOK_WAIT_MS, undefined, { ref: false })]);
  };

  void look();
  const timer = setInterval(look, lookMs).unref();

  return {
    get all() {
      return all;
    },
    next(tried, load = 'pending') {
      let best = -1;
      for (let step = 1; step <= all.length; step++) {
        const index = (last + step) % all.length;
        const candidate = all[index];
        if (candidate && !tried.has(candidate) && isBetter(candidate, all[best], load)) best = index;
      }
      if (best >= 0) last = best;
      return all[best] ?? null;
    },
    look,
    async close() {
      closed = true;
      clearInterval(timer);
      await Promise.all(all.map((instance) => instance.destroy()));
    },
  };
}

function isBetter(one: Instance, other: Instance | undefined, load: Load): boolean {
  if (!other) return true;
  return one.failed === other.failed ? one[load] < other[load] : other.failed;
}
