import { PRESENCE_MS } from '@secure-chat/wire/limits';

export interface PresenceOptions {
  readonly clock: () => number;
  /** A user came or went. */
  readonly onChange: (username: string, online: boolean) => void;
  readonly lifeMs?: number;
}

/** Who is online: whoever somebody vouched for within the last 6 s, a gateway for its streams or a session for itself. */
export interface Presence {
  touch(username: string, source: string): void;
  /** The source vouches no more. */
  leave(username: string, source: string): void;
  /** Nobody vouches for the user any more, and nothing is reported. */
  forget(username: string): void;
  isOnline(username: string): boolean;
  /** How many are online. */
  count(): number;
  /** Stops the timer; nobody is reported as gone. */
  close(): void;
}

interface Voucher {
  readonly username: string;
  readonly until: number;
}

export function createPresence({ clock, onChange, lifeMs = PRESENCE_MS }: PresenceOptions): Presence {
  /** Every life is equally long, so insertion order is expiry order. */
  const vouchers = new Map<string, Voucher>();
  /** Names, and how many vouch for each. */
  const online = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  // No name has a space.
  const keyOf = (username: string, source: string): string => `${username} ${source}`;

  const drop = (key: string): void => {
    const voucher = vouchers.get(key);
    if (!voucher) return;
    vouchers.delete(key);
    const { username } = voucher;
    const left = (online.get(username) ?? 0) - 1;
    if (left > 0) online.set(username, left);
    else if (online.delete(username)) onChange(username, false);
  };

  const expire = (): void => {
    timer = undefined;
    const now = clock();
    for (const [key, { until }] of vouchers) {
      if (until > now) break;
      drop(key);
    }
    schedule();
  };

  const schedule = (): void => {
    const [next] = vouchers.values();
    if (timer === undefined && next !== undefined)
      timer = setTimeout(expire, Math.max(1, next.until - clock())).unref();
  };

  return {
    touch(username, source) {
      const key = keyOf(username, source);
      const isNew = !vouchers.delete(key);
      vouchers.set(key, { username, until: clock() + lifeMs });
      schedule();
      if (!isNew) return;
      const before = online.get(username) ?? 0;
      online.set(username, before + 1);
      if (before === 0) onChange(username, true);
    },
    leave: (username, source) => drop(keyOf(username, source)),
    forget(username) {
      online.delete(username);
      for (const [key, voucher] of vouchers) if (voucher.username === username) vouchers.delete(key);
    },
    isOnline: (username) => online.has(username),
    count: () => online.size,
    close() {
      clearTimeout(timer);
      vouchers.clear();
      online.clear();
    },
  };
}
