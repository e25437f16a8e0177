import type { Database } from 'better-sqlite3';
import { expect, it, onTestFinished, vi } from 'vitest';
import { EventLogError } from '../src/errors.ts';
import type { Metrics } from '../src/metrics.ts';
import { openDatabase } from '../src/sqlite/database.ts';
import { createGroupCommit, QUEUE_BYTES_MAX, QUEUE_MAX } from '../src/sqlite/group-commit.ts';
import { temporaryFile } from './temporary-file.ts';

function open(file: string): Database {
  const database = openDatabase(file);
  onTestFinished(() => {
    database.close();
  });
  return database;
}

async function setUp(busyMs?: number) {
  const file = await temporaryFile();
  const database = open(file);
  const commits = createGroupCommit(database, {
    housekeep: () => false,
    ...(busyMs !== undefined && { busyMs }),
  });
  const insert = database.prepare<[number]>('INSERT INTO discarded (topic, before) VALUES (?, 0)');
  const add = (topic: number) => commits.run(() => insert.run(topic).changes);
  const topics = () => database.prepare<[], number>('SELECT topic FROM discarded').pluck().all();
  return { file, commits, add, topics, version: database.prepare('PRAGMA data_version').pluck(), database };
}

it('commits what is queued together in one transaction', async () => {
  const { file, add, topics } = await setUp();
  const watcher = open(file);
  const sizes: unknown[] = [];
  const count = watcher.prepare('SELECT count(*) FROM discarded').pluck();
  await Promise.all([1, 2, 3].map((topic) => add(topic).then(() => sizes.push(count.get()))));
  expect(sizes).toEqual([3, 3, 3]);
  expect(topics()).toEqual([1, 2, 3]);
});

it('tells how many writes shared each flush, how long it took, what waits and what was refused', async () => {
  const told: string[] = [];
  let waiting = () => -1;
  const metrics: Metrics = {
    counter: (name) => ({ add: (_labels, count = 1) => void told.push(`${name} ${count}`) }),
    histogram: (name) => ({
      observe: (_labels, value) => void told.push(name.endsWith('seconds') ? name : `${name} ${value}`),
    }),
    gauge(_name, _help, read) {
      waiting = read;
    },
  };
  const commits = createGroupCommit(open(await temporaryFile()), { housekeep: () => false, metrics });
  const writes = [1, 2, 3].map(() => commits.run(() => 'done'));
  expect(waiting()).toBe(3);
  await Promise.all(writes);
  expect(waiting()).toBe(0);
  await commits.run(() => 'too large', QUEUE_BYTES_MAX + 1).catch(() => undefined);
  const broken = commits.run(() => {
    throw new Error('the disk');
  });
  await broken.catch(() => undefined);
  expect(told).toEqual([
    'log_commit_writes 3',
    'log_commit_seconds',
    'log_refused_writes_total 1',
    'log_refused_writes_total 1',
  ]);
});

it('refuses one operation without harm to the others', async () => {
  const { commits, add, topics } = await setUp();
  const refused = commits.run(() => {
    throw new EventLogError('topic_missing', 'not this one');
  });
  const outcomes = await Promise.allSettled([add(1), refused, add(2)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(topics()).toEqual([1, 2]);
});

it('acknowledges nothing of a transaction that failed, and goes on with the next', async () => {
  const { add, topics } = await setUp();
  const outcomes = await Promise.allSettled([add(1), add(1), add(2)]);
  expect(outcomes[0]).toMatchObject({ status: 'rejected', reason: { code: 'unavailable', retryable: true } });
  expect(topics()).not.toContain(1);
  expect(await add(3)).toBe(1);
});

it('refuses to queue more operations than the bound, and takes more when they are through', async () => {
  const { commits } = await setUp();
  const accepted = Array.from({ length: QUEUE_MAX }, () => commits.run(() => 'done'));
  await expect(commits.run(() => 'too many')).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  expect(new Set(await Promise.all(accepted))).toEqual(new Set(['done']));
  expect(await commits.run(() => 'later')).toBe('later');
});

it('refuses to queue more bytes than the bound, and takes more when they are through', async () => {
  const { commits } = await setUp();
  const accepted = commits.run(() => 'done', QUEUE_BYTES_MAX);
  await expect(commits.run(() => 'too many', 1)).rejects.toMatchObject({ code: 'unavailable' });
  await accepted;
  expect(await commits.run(() => 'later', 1)).toBe('later');
});

it('waits for another process that writes, without holding the event loop', async () => {
  const { file, add } = await setUp();
  const other = open(file);
  other.exec('BEGIN IMMEDIATE');
  const done = vi.fn();
  const added = add(1).then(done);
  for (let rounds = 0; rounds < 3; rounds++) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(done).not.toHaveBeenCalled();
  other.exec('COMMIT');
  await added;
});

it('refuses what waits when another process writes for too long, and recovers', async () => {
  const { file, add } = await setUp(100);
  const other = open(file);
  other.exec('BEGIN IMMEDIATE');
  await expect(Promise.all([add(1), add(2)])).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  other.exec('COMMIT');
  expect(await add(1)).toBe(1);
});

it('acknowledges nothing that does not fit on the disk, and goes on when there is room', async () => {
  const { commits, database, add, topics } = await setUp();
  await add(1);
  const large = database.prepare(
    'INSERT INTO mailbox_record (topic, offset, value) VALUES (1, 0, zeroblob(1000000))',
  );
  const pages = Number(database.pragma('page_count', { simple: true }));
  database.pragma(`max_page_count = ${pages + 10}`);
  await expect(commits.run(() => large.run())).rejects.toMatchObject({
    code: 'unavailable',
    cause: { code: 'SQLITE_FULL' },
  });
  expect(topics()).toEqual([1]);
  database.pragma(`max_page_count = ${pages + 1_000}`);
  await commits.run(() => large.run());
});

it('repeats the housekeeping until it has no more to do', async () => {
  const database = open(await temporaryFile());
  const housekeep = vi.fn(() => housekeep.mock.calls.length < 5);
  createGroupCommit(database, { housekeep });
  await vi.waitFor(() => expect(housekeep).toHaveBeenCalledTimes(5));
});
