import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { makeIdentity } from '../src/account.ts';
import { createNotices } from '../src/notices.ts';
import { createProfile } from '../src/profile/profile.ts';
import { QUICK } from './quick.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Notices of a profile with one contact, who is to be told nothing; and how often there was something to deliver. */
async function gather() {
  const folder = mkdtempSync(join(tmpdir(), 'secure-chat-'));
  const privateKey = await QUICK.makePrivateKey?.();
  if (!privateKey) throw new Error('no key');
  const profile = await createProfile({
    profile: join(folder, 'alice'),
    password: 'correct horse',
    identity: makeIdentity('alice', privateKey),
    cost: { memoryKib: 8, passes: 1, lanes: 1 },
  });
  onTestFinished(() => {
    profile.close();
    rmSync(folder, { recursive: true });
  });
  const onReady = vi.fn();
  const resting = { rests: false };
  const notices = createNotices({
    profile,
    delivery: { rests: () => resting.rests, attempt: async () => undefined },
    numbering: { takeGone: () => null },
    ratchets: {
      current: () => null,
      encrypt: () => {
        throw new Error('there is nothing to say');
      },
    },
    now: () => 0,
    onReady,
  });
  onTestFinished(() => notices.stop());
  return { notices, onReady, resting, contact: profile.contacts.ensure('bob').id };
}

it('what was gathered is delivered also when the timer rings a moment before its time', async () => {
  const { notices, onReady, contact } = await gather();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  notices.touch(contact);
  vi.advanceTimersByTime(200);
  expect(onReady).toHaveBeenCalledTimes(1);
  // Not yet, when it is looked at; and over, when the next look is planned.
  clock.mockReturnValueOnce(199.999).mockReturnValue(200.001);
  await notices.deliver();
  vi.advanceTimersByTime(1);
  expect(onReady).toHaveBeenCalledTimes(2);
  await notices.deliver();
  vi.advanceTimersByTime(60_000);
  expect(onReady).toHaveBeenCalledTimes(2);
});

it('nobody is woken for a contact that rests', async () => {
  const { notices, onReady, resting, contact } = await gather();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  resting.rests = true;
  notices.touch(contact);
  await notices.deliver();
  vi.advanceTimersByTime(60_000);
  expect(onReady).not.toHaveBeenCalled();
});
