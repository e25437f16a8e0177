import { EventLogError } from '@secure-chat/event-log/errors';
import type { EventLog } from '@secure-chat/event-log/event-log';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import { createLogger } from '@secure-chat/service-kit/logger';
import { SIGNATURES_TOPIC } from '@secure-chat/wire/names';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openSignatureLog } from '../src/signature-log.ts';
import { openLog } from './gateway-under-test.ts';

afterEach(() => void vi.useRealTimers());

const NOW = 1_767_522_600_000;
const used = (signature: string, until = NOW + 30_999) => ({ signature: signature.padEnd(16, '.'), until });

async function open(log: EventLog, gatewayId: string, overrides: Partial<Mailboxes> = {}, clock = () => NOW) {
  const learnt: string[] = [];
  const signatures = await openSignatureLog({
    mailboxes: { ...log.mailboxes, ...overrides },
    codec: log.codecs.signatures,
    gatewayId,
    clock,
    logger: createLogger('signatures', 'fatal'),
    onUsed: ({ signature }) => void learnt.push(signature),
  });
  onTestFinished(() => signatures.close());
  return { ...signatures, learnt };
}

describe('the log of used signatures', () => {
  it('has one first gateway for each signature, whoever asks at the same time', async () => {
    const log = await openLog();
    const [first, second] = [await open(log, 'first'), await open(log, 'second')];
    const outcomes = await Promise.all([
      ...['a', 'b', 'c'].map((name) => first.claim(used(name))),
      ...['c', 'b', 'a'].map((name) => second.claim(used(name))),
    ]);
    expect(outcomes.filter(Boolean)).toHaveLength(3);
  });

  it('takes any bytes for a signature', async () => {
    const log = await openLog();
    const { claim, learnt } = await open(log, 'first');
    const signature = Buffer.from([0, 1, 127, 128, 200, 255, 10, 13, 34, 92, 0, 255, 254, 1, 2, 3]).toString(
      'latin1',
    );
    expect(await claim({ signature, until: NOW })).toBe(true);
    expect(learnt).toEqual([signature]);
  });

  it('has what was claimed in one turn in few records of 1,000', async () => {
    const log = await openLog();
    const { claim, learnt } = await open(log, 'first');
    const claims = Array.from({ length: 2_500 }, (_, index) => claim(used(`${index}`)));
    expect((await Promise.all(claims)).every(Boolean)).toBe(true);
    expect(await log.mailboxes.head(SIGNATURES_TOPIC)).toBe(3);
    expect(new Set(learnt).size).toBe(2_500);
  });

  it('is read to its end before it is open', async () => {
    const log = await openLog();
    const first = await open(log, 'first');
    for (const name of ['a', 'b', 'c']) await first.claim(used(name));
    expect((await open(log, 'second')).learnt).toEqual([...first.learnt]);
    expect(first.learnt).toHaveLength(3);
  });

  it('sets aside what is none of its records, and goes on', async () => {
    const log = await openLog();
    const { claim } = await open(log, 'first');
    await log.mailboxes.append(SIGNATURES_TOPIC, Buffer.from('poison'));
    const odd = await log.codecs.signatures.encode({ gateway: 'second', entries: 'AAAA' });
    await log.mailboxes.append(SIGNATURES_TOPIC, odd);
    expect(await claim(used('a'))).toBe(true);
    expect((await open(log, 'second')).learnt).toEqual([used('a').signature]);
  });

  it('refuses a claim as unavailable while it takes none: nothing counts that others would not know', async () => {
    const log = await openLog();
    const append = vi.fn(log.mailboxes.append);
    const { claim } = await open(log, 'first', { append });
    append.mockRejectedValueOnce(new EventLogError('unavailable', 'away'));
    await expect(claim(used('a'))).rejects.toMatchObject({ code: 'unavailable' });
    expect(await claim(used('b'))).toBe(true);
  });

  it('tells later what it could not tell', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const log = await openLog();
    const append = vi.fn(log.mailboxes.append);
    const first = await open(log, 'first', { append });
    append.mockRejectedValueOnce(new EventLogError('unavailable', 'away'));
    first.tell(used('a'));
    await vi.advanceTimersByTimeAsync(50);
    expect(append).toHaveBeenCalledOnce();
    first.tell(used('b'));
    await vi.advanceTimersByTimeAsync(1_000);
    await append.mock.results[1]?.value;
    expect((await open(log, 'second')).learnt).toEqual([used('a').signature, used('b').signature]);
  });

  it('is trimmed of what does not count any more, with a minute to spare, and of nothing else', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const log = await openLog();
    let now = NOW;
    const trim = vi.fn(log.mailboxes.trim);
    const { claim } = await open(log, 'first', { trim }, () => now);
    await claim(used('a', NOW + 1_000));
    await claim(used('b', NOW + 2_000));
    await claim(used('late', NOW + 1_000));
    await claim(used('c', NOW + 30_000));
    now = NOW + 60_000;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(trim).not.toHaveBeenCalled();
    now = NOW + 64_000;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(trim.mock.calls).toEqual([[SIGNATURES_TOPIC, 2]]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(trim).toHaveBeenCalledOnce();
    now = NOW + 100_000;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(trim).toHaveBeenLastCalledWith(SIGNATURES_TOPIC, 4);
  });
});
