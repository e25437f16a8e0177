import { rmSync, statSync } from 'node:fs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openSqliteEventLog } from '../src/open.ts';
import { createBell } from '../src/sqlite/bell.ts';
import { openSqliteFile } from '../src/sqlite/file.ts';
import { createFollowers } from '../src/sqlite/followers.ts';
import { temporaryFile } from './temporary-file.ts';

async function open(path?: string) {
  const bell = createBell(path ?? (await temporaryFile()));
  onTestFinished(bell.close);
  return bell;
}

it('is heard by whoever listens on the same file, until they stop', async () => {
  const path = await temporaryFile();
  const [one, other] = [await open(path), await open(path)];
  const heard = vi.fn();
  const listening = other.listen(heard);
  expect(listening.hears).toBe(true);
  one.ring();
  await vi.waitFor(() => expect(heard).toHaveBeenCalled());
  listening.stop();
  expect(listening.hears).toBe(false);
});

it('has one byte, however often it rang, that only its owner can read', async () => {
  const path = await temporaryFile();
  const bell = await open(path);
  for (let ring = 0; ring < 100; ring++) bell.ring();
  const { size, mode } = statSync(path);
  expect([size, mode & 0o777]).toEqual([1, 0o600]);
});

it('is closed twice, and rung after that, without harm', async () => {
  const bell = await open();
  bell.close();
  bell.close();
  bell.ring();
});

it('says so when it cannot be heard', async () => {
  const path = await temporaryFile();
  const bell = await open(path);
  rmSync(path);
  expect(bell.listen(() => {}).hears).toBe(false);
});

it('is not needed to notice what others commit', async () => {
  const path = await temporaryFile();
  const file = openSqliteFile(path);
  const other = openSqliteEventLog({ file: path });
  onTestFinished(() => Promise.all([file.close(), other.close()]).then(() => {}));
  await other.mailboxes.create(['one']);
  const broken = { ring() {}, listen: () => ({ hears: false, stop() {} }), close() {} };
  const page = vi.fn(async () => false);
  const reading = { topicId: 1, position: 0, page, onEnd: () => {} };
  const follower = createFollowers(file.database, broken).add(reading);
  onTestFinished(() => follower.end());
  await vi.waitFor(() => expect(page).toHaveBeenCalledOnce());
  await other.mailboxes.append('one', Buffer.from('x'));
  await vi.waitFor(() => expect(page.mock.calls.length).toBeGreaterThan(1));
});
