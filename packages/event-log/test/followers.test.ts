import { expect, it, onTestFinished, vi } from 'vitest';
import { gate } from '../src/contract/values.ts';
import { startWriterProcess } from '../src/contract/writer-process.ts';
import { openSqliteEventLog } from '../src/open.ts';
import { openSqliteFile } from '../src/sqlite/file.ts';
import { temporaryFile } from './temporary-file.ts';

async function setUp() {
  const path = await temporaryFile();
  const file = openSqliteFile(path);
  const other = openSqliteEventLog({ file: path });
  onTestFinished(() => Promise.all([file.close(), other.close()]).then(() => {}));
  await other.mailboxes.create(['one', 'two']);
  /** Follows topic 1 or 2 and has read all that is there. */
  const follow = async (topicId: number) => {
    const head = file.database.prepare<[number], number>('SELECT head FROM topic_state WHERE id = ?').pluck();
    const page = vi.fn(async () => {
      reading.position = head.get(topicId) ?? 0;
      return false;
    });
    const reading = { topicId, position: 0, page, onEnd: () => {} };
    const follower = file.followers.add(reading);
    onTestFinished(() => follower.end());
    await vi.waitFor(() => expect(page).toHaveBeenCalledOnce());
    return { follower, page };
  };
  return { file, other, follow };
}

it('wakes, after a commit of another connection, only who follows a topic that changed', async () => {
  const { other, follow } = await setUp();
  const one = await follow(1);
  const two = await follow(2);
  await other.mailboxes.append('one', Buffer.from('x'));
  await vi.waitFor(() => expect(one.page).toHaveBeenCalledTimes(2));
  await other.mailboxes.append('one', Buffer.from('y'));
  await vi.waitFor(() => expect(one.page).toHaveBeenCalledTimes(3));
  expect(two.page).toHaveBeenCalledOnce();
});

it('wakes, after a commit of its own, only who follows that topic', async () => {
  const { file, follow } = await setUp();
  const one = await follow(1);
  const two = await follow(2);
  file.followers.wake(1);
  file.followers.wake(1);
  await vi.waitFor(() => expect(one.page).toHaveBeenCalledTimes(2));
  expect(two.page).toHaveBeenCalledOnce();
});

it('ends with topic_missing when a topic is deleted and made again in one commit', async () => {
  const { other } = await setUp();
  const following = await other.mailboxes.follow('one', 0, () => {});
  await Promise.all([other.mailboxes.delete(['one']), other.mailboxes.create(['one'])]);
  expect(await other.mailboxes.head('one')).toBe(0);
  await expect(following.failed).rejects.toMatchObject({ code: 'topic_missing' });
});

it('notices its own commits without looking for those of others', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { other } = await setUp();
  // Not vi.waitFor, which lets faked time pass.
  const pushed = gate();
  const following = await other.mailboxes.follow('one', 0, pushed.open);
  await other.mailboxes.append('one', Buffer.from('x'));
  await pushed.opened;
  const published = gate();
  await other.events.subscribe('topic', published.open);
  await other.events.publish('topic', 'key', null);
  await published.opened;
  await other.mailboxes.delete(['one']);
  await expect(following.failed).rejects.toMatchObject({ code: 'topic_missing' });
});

it('looks for commits of others only while somebody follows', async () => {
  const { follow } = await setUp();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const one = await follow(1);
  const two = await follow(2);
  expect(vi.getTimerCount()).toBe(1);
  one.follower.end();
  two.follower.end();
  expect(vi.getTimerCount()).toBe(0);
});

it('pushes what another process appends while it is still writing', async () => {
  const path = await temporaryFile();
  const log = openSqliteEventLog({ file: path });
  onTestFinished(() => log.close());
  await log.mailboxes.create(['shared']);
  const offsets: number[] = [];
  await log.mailboxes.follow('shared', 0, (batch) => {
    offsets.push(...batch.map(({ offset }) => offset));
  });
  const writer = startWriterProcess(new URL('./mailboxes-writer.ts', import.meta.url), [path, 'shared']);
  await vi.waitFor(() => expect(offsets.length).toBeGreaterThan(300), { timeout: 10_000, interval: 2 });
  await writer.kill();
  expect(offsets).toEqual(offsets.map((_, index) => index));
});

it('does not treat a failure that nobody looks at as an unhandled rejection', async () => {
  const log = openSqliteEventLog({ file: await temporaryFile() });
  onTestFinished(() => log.close());
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  onTestFinished(() => {
    process.off('unhandledRejection', unhandled);
  });
  const handler = vi.fn(() => {
    throw new Error('nobody looks');
  });
  await log.events.subscribe('topic', handler);
  await log.events.publish('topic', 'key', null);
  await vi.waitFor(() => expect(handler).toHaveBeenCalledOnce());
  await new Promise(setImmediate);
  expect(unhandled).not.toHaveBeenCalled();
});
