import type { Codec, UserRecord } from '@secure-chat/wire/events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { START_MS } from '../src/ask-patiently.ts';
import { gate, refusal } from '../src/contract/values.ts';
import { EventLogError, type EventLogErrorCode } from '../src/errors.ts';
import type { Events } from '../src/events.ts';
import { followRecords, type RecordHandler } from '../src/follow-records.ts';
import { openSqliteEventLog } from '../src/open.ts';
import { temporaryFile } from './temporary-file.ts';

const alice = { username: 'alice', publicKey: 'PEM', registeredAt: 1, deletedAt: 0 };
const unavailable = new EventLogError('unavailable', 'the registry is down');

async function setUp() {
  const log = openSqliteEventLog({ file: await temporaryFile() });
  onTestFinished(log.close);
  const { events, codecs } = log;
  const logger = { error: vi.fn(), warn: vi.fn() };
  const pauses: number[] = [];
  let resume = (): void => {};
  const wait = (ms: number, signal: AbortSignal): Promise<unknown> => {
    pauses.push(ms);
    return new Promise<void>((resolve, reject) => {
      resume = resolve;
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  };
  return {
    events,
    codecs,
    logger,
    pauses,
    /** Ends the present pause. */
    resume: () => resume(),
    publish: async (key: string, value: Uint8Array | null) => events.publish('topic', key, value),
    follow: (handler: RecordHandler<UserRecord>, codec: Codec<UserRecord> = codecs.user) =>
      followRecords({ events, topic: 'topic', codec, logger, wait }, handler),
  };
}

describe('followed records', () => {
  it('come decoded and in order, tombstones too', async () => {
    const { publish, follow, codecs, logger } = await setUp();
    const seen: unknown[] = [];
    const subscription = await follow(({ key, record, offset }) => void seen.push([key, record, offset]));
    await publish('alice', await codecs.user.encode(alice));
    await subscription.caughtUp();
    await publish('alice', null);
    await subscription.caughtUp();
    expect(seen).toEqual([
      ['alice', { ...alice }, 0],
      ['alice', null, 1],
    ]);
    expect(logger.error).not.toHaveBeenCalled();
  });

  it('that do not decode, or that the handler cannot use, are set aside, counted, and logged with their place', async () => {
    const { publish, follow, codecs, logger } = await setUp();
    const seen: unknown[] = [];
    const subscription = await follow(({ key }, setAside) => {
      if (key === 'bad') setAside();
      else seen.push(key);
    });
    await publish('poison', Buffer.from([0, 0, 0, 0, 1, 99]));
    await publish('bad', await codecs.user.encode(alice));
    await publish('good', await codecs.user.encode(alice));
    await subscription.caughtUp();
    expect(seen).toEqual(['good']);
    expect(logger.error.mock.calls).toEqual([
      [{ topic: 'topic', offset: 0, count: 1 }, 'a record was set aside'],
      [{ topic: 'topic', offset: 1, count: 2 }, 'a record was set aside'],
    ]);
  });

  it('end with the error of the handler, or of a codec that is broken', async () => {
    const { publish, follow, codecs } = await setUp();
    const broken = { ...codecs.user, decode: () => Promise.reject(new TypeError('a bug')) };
    const subscriptions = [
      await follow(() => {
        throw new TypeError('a bug');
      }),
      await follow(() => {}, broken),
    ];
    await publish('alice', await codecs.user.encode(alice));
    for (const { failed, caughtUp } of subscriptions) {
      await expect(failed).rejects.toThrow('a bug');
      await expect(caughtUp()).rejects.toThrow('a bug');
    }
  });
});

describe('a record whose schema cannot be had', () => {
  it('is waited for, ever longer up to two seconds; then it comes, and those behind it', async () => {
    const { publish, follow, codecs, logger, pauses, resume } = await setUp();
    let down = true;
    const codec: Codec<UserRecord> = {
      encode: codecs.user.encode,
      decode: (bytes) => (down ? Promise.reject(unavailable) : codecs.user.decode(bytes)),
    };
    const seen: string[] = [];
    const subscription = await follow(({ key }) => void seen.push(key), codec);
    for (const key of ['a', 'b']) await publish(key, await codecs.user.encode(alice));
    const caughtUp = subscription.caughtUp();
    for (let attempt = 1; attempt <= 7; attempt += 1) {
      await vi.waitFor(() => expect(pauses).toHaveLength(attempt));
      if (attempt === 7) down = false;
      resume();
    }
    await caughtUp;
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000]);
    expect(seen).toEqual(['a', 'b']);
    expect(logger.error).not.toHaveBeenCalled();
    expect(logger.warn).toHaveBeenCalledTimes(1);
  });

  it('is waited for until the subscription is closed: the handler does not get it then', async () => {
    const { publish, follow, codecs, pauses } = await setUp();
    const handler = vi.fn();
    const codec = { ...codecs.user, decode: () => Promise.reject(unavailable) };
    const subscription = await follow(handler, codec);
    await publish('a', await codecs.user.encode(alice));
    await vi.waitFor(() => expect(pauses).toHaveLength(1));
    await subscription.close();
    await publish('b', null);
    expect(handler).not.toHaveBeenCalled();
    expect(pauses).toHaveLength(1);
  });

  it('reaches no handler when the subscription is closed while it is decoded', async () => {
    const { publish, follow, codecs, logger } = await setUp();
    const handler = vi.fn();
    const begun = gate();
    const held = gate();
    const decode = async (): Promise<null> => {
      begun.open();
      await held.opened;
      return null;
    };
    const subscription = await follow(handler, { ...codecs.user, decode });
    await publish('a', await codecs.user.encode(alice));
    await begun.opened;
    await subscription.close();
    held.open();
    await publish('b', null);
    expect(handler).not.toHaveBeenCalled();
    expect(logger.error).not.toHaveBeenCalled();
  });
});

describe('a follower that starts while the log is away', () => {
  /** With what each call is refused, while it is not null. */
  interface Refuses {
    subscribe: EventLogErrorCode | null;
    caughtUp: EventLogErrorCode | null;
  }

  async function setUpAway(refuses: Refuses) {
    const { events, codecs, logger } = await setUp();
    const throwIf = (code: EventLogErrorCode | null): void => {
      if (code) throw new EventLogError(code, 'it is away');
    };
    const away: Events = {
      ...events,
      async subscribe(topic, handler) {
        throwIf(refuses.subscribe);
        const subscription = await events.subscribe(topic, handler);
        return {
          ...subscription,
          async caughtUp() {
            throwIf(refuses.caughtUp);
            return subscription.caughtUp();
          },
        };
      },
    };
    const wait = vi.fn<(ms: number, signal: AbortSignal) => Promise<void>>(async () => {});
    const seen: string[] = [];
    const options = { events: away, topic: 'topic', codec: codecs.user, logger, wait };
    const follow = () => followRecords(options, ({ key }) => void seen.push(key));
    return { events, wait, logger, follow, seen };
  }

  it.each(['unavailable', 'topic_missing'] as const)('waits until it is there: %s', async (code) => {
    const refuses: Refuses = { subscribe: code, caughtUp: code };
    const { events, wait, logger, follow, seen } = await setUpAway(refuses);
    await events.publish('topic', 'a', null);
    wait.mockImplementation(async () => {
      if (wait.mock.calls.length === 3) refuses.subscribe = null;
      if (wait.mock.calls.length === 6) refuses.caughtUp = null;
    });
    const subscription = await follow();
    expect(wait).toHaveBeenCalledTimes(3);
    await subscription.caughtUp();
    expect(wait).toHaveBeenCalledTimes(6);
    expect(seen).toEqual(['a']);
    expect(logger.warn).toHaveBeenCalledTimes(2);
  });

  it('does not wait once it has caught up: whoever asks is refused', async () => {
    const refuses: Refuses = { subscribe: null, caughtUp: null };
    const { wait, follow } = await setUpAway(refuses);
    const subscription = await follow();
    await subscription.caughtUp();
    refuses.caughtUp = 'unavailable';
    expect(await refusal(subscription.caughtUp())).toBe('unavailable');
    expect(wait).not.toHaveBeenCalled();
  });

  it('waits a minute, and not for what does not pass', async () => {
    const refuses: Refuses = { subscribe: 'unavailable', caughtUp: null };
    const { wait, follow } = await setUpAway(refuses);
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    onTestFinished(() => void vi.restoreAllMocks());
    wait.mockImplementation(async (ms) => {
      now += ms;
    });
    expect(await refusal(follow())).toBe('unavailable');
    expect(now).toBe(START_MS);
    wait.mockClear();
    refuses.subscribe = 'closed';
    expect(await refusal(follow())).toBe('closed');
    expect(wait).not.toHaveBeenCalled();
  });

  it('waits no longer when it is closed', async () => {
    const refuses: Refuses = { subscribe: null, caughtUp: 'unavailable' };
    const { wait, follow } = await setUpAway(refuses);
    const subscription = await follow();
    wait.mockImplementation(async (_, signal) => {
      await subscription.close();
      refuses.caughtUp = null;
      signal.throwIfAborted();
    });
    expect(await refusal(subscription.caughtUp())).toBe('closed');
    expect(wait).toHaveBeenCalledTimes(1);
  });

  it('does not wait for a follower that has ended', async () => {
    const { events, codecs, logger } = await setUp();
    const wait = vi.fn<(ms: number, signal: AbortSignal) => Promise<void>>(async () => {});
    const subscription = await followRecords(
      { events, topic: 'topic', codec: codecs.user, logger, wait },
      () => {
        throw unavailable;
      },
    );
    await events.publish('topic', 'a', null);
    await expect(subscription.failed).rejects.toBe(unavailable);
    await expect(subscription.caughtUp()).rejects.toBe(unavailable);
    expect(wait).not.toHaveBeenCalled();
  });
});
