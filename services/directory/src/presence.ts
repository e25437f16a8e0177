import { PRESENCE_MS } from '@secure-chat/wire/limits';

export interface PresenceOptions {
  readonly clock: () => number;
  /** A user came or went. */
  readonly onChange: (username: string, online: boolean) => void;
  readonly lifeMs?: number;
}

/** Who is online: whoever said so within the last 6 s. */
export interface Presence {
  touch(username: string): void;
  isOnline(username: string): boolean;
  /** Stops the timer; nobody is reported as gone. */
  close(): void;
}

export function createPresence({ clock, onChange, lifeMs = PRESENCE_MS }: PresenceOptions): Presence {
  /** Name to the moment of expiry. Every life is equally long, so insertion order is expiry order. */
  const online = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  const expire = (): void => {
    timer = undefined;
    const now = clock();
    for (const [username, until] of online) {
      if (until > now) break;
      online.delete(username);
      onChange(username, false);
    }
    schedule();
  };

  const schedule = (): void => {
    const [next] = online.values();
    if (timer === undefined && next !== undefined)
      timer = setTimeout(expire, Math.max(1, next - clock())).unref();
  };

  return {
    touch(username) {
      const came = !online.delete(username);
      online.set(username, clock() + lifeMs);
      schedule();
      if (came) onChange(username, true);
    },
    isOnline: (username) => online.has(username),
    close() {
      clearTimeout(timer);
      online.clear();
    },
  };
}
