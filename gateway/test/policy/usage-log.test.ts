import { EventLogError } from '@secure-chat/event-log/errors';
import type { EventLog } from '@secure-chat/event-log/event-log';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import { createLogger } from '@secure-chat/service-kit/logger';
import { USAGE_TOPIC } from '@secure-chat/wire/names';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openUsageLog } from '../../src/policy/usage-log.ts';
import { openLog } from '../gateway-under-test.ts';

afterEach(() => void vi.useRealTimers());

const NOW = 1_767_522_600_000;

async function open(log: EventLog, gatewayId: string, overrides: Partial<Mailboxes> = {}, clock = () => NOW) {
  const learnt: unknown[] = [];
  const usage = await openUsageLog({
    mailboxes: { ...log.mailboxes, ...overrides },
    codec: log.codecs.usage,
    gatewayId,
    clock,
    logger: createLogger('usage', 'fatal'),
    onUsed: (...used) => void learnt.push(used),
  });
  onTestFinished(() => usage.close());
  return { ...usage, learnt };
}

describe('the log of what was used', () => {
  it('tells the other gateways, and not the one that said it', async () => {
    const log = await openLog();
    const [first, second] = [await open(log, 'first'), await open(log, 'second')];
    for (let n = 0; n < 3; n += 1) first.tell('sends.pair', 'alice bob');
    first.tell('sends.user', 'alice');
    await vi.waitFor(() => expect(second.learnt).toHaveLength(2));
    expect(second.learnt).toEqual([
      ['sends.pair', 'alice bob', 3, NOW],
      ['sends.user', 'alice', 1, NOW],
    ]);
    expect(first.learnt).toEqual([]);
  });

  it('has one record for what is used within a quarter of a second, and none while nothing is', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const log = await openLog();
    const append = vi.fn(log.mailboxes.append);
    const { tell } = await open(log, 'first', { append });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(append).not.toHaveBeenCalled();
    for (let n = 0; n < 100; n += 1) tell('sends.user', `user${n}`);
    await vi.advanceTimersByTimeAsync(249);
    expect(append).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(append).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(append).toHaveBeenCalledOnce();
  });

  it('is read when a gateway starts: what was told before its end is not forgotten', async () => {
    const log = await openLog();
    const first = await open(log, 'first');
    first.tell('login.address', '192.0.2.1');
    await first.close();
    expect((await open(log, 'second', {}, () => NOW + 5_000)).learnt).toEqual([
      ['login.address', '192.0.2.1', 1, NOW],
    ]);
  });

  it('does not believe a clock that is ahead', async () => {
    const log = await openLog();
    const first = await open(log, 'first', {}, () => NOW + 60_000);
    first.tell('login.address', '192.0.2.1');
    await first.close();
    expect((await open(log, 'second')).learnt).toEqual([['login.address', '192.0.2.1', 1, NOW]]);
  });

  it('sets aside what is none of its records, and goes on', async () => {
    const log = await openLog();
    const second = await open(log, 'second');
    await log.mailboxes.append(USAGE_TOPIC, Buffer.from('poison'));
    for (const uses of ['', '{}', '[["a"]]', '[["a","b",0]]', '[["a","b",1e99]]', '[["a","b",1.5]]'])
      await log.mailboxes.append(USAGE_TOPIC, await log.codecs.usage.encode({ gateway: 'x', at: NOW, uses }));
    const first = await open(log, 'first');
    first.tell('a', 'b');
    await vi.waitFor(() => expect(second.learnt).toEqual([['a', 'b', 1, NOW]]));
  });

  it('tells later, together, what it could not tell', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const log = await openLog();
    const append = vi.fn(log.mailboxes.append);
    const first = await open(log, 'first', { append });
    append.mockRejectedValueOnce(new EventLogError('unavailable', 'away'));
    first.tell('a', 'b');
    await vi.advanceTimersByTimeAsync(250);
    expect(append).toHaveBeenCalledOnce();
    first.tell('a', 'b');
    await vi.advanceTimersByTimeAsync(1_000);
    await append.mock.results[1]?.value;
    expect((await open(log, 'second')).learnt).toEqual([['a', 'b', 2, NOW]]);
  });

  it('is trimmed of what is older than an hour', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const log = await openLog();
    let now = NOW;
    const trim = vi.fn(log.mailboxes.trim);
    const told = await open(log, 'early', {}, () => now);
    told.tell('a', 'b');
    await told.close();
    await open(log, 'first', { trim }, () => now);
    now = NOW + 3_600_000;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(trim).not.toHaveBeenCalled();
    now = NOW + 3_600_000 + 120_001;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(trim.mock.calls).toEqual([[USAGE_TOPIC, 1]]);
  });
});
