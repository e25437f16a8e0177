import type { EventLog } from '@secure-chat/event-log/event-log';
import { openEventLog } from '@secure-chat/event-log/event-log';
import { createLogger } from '@secure-chat/service-kit/logger';
import { keyTopic, messageTopic } from '@secure-chat/wire/names';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMailboxRoom } from '../src/mailbox-room.ts';
import { temporaryFolder } from './temporary-folder.ts';

const BOB = messageTopic('bob');
const RECORD = Buffer.from('record');
const outcome = (append: Promise<void>): Promise<unknown> =>
  append.then(
    () => 'written',
    (error: unknown) => error,
  );
const FULL = { code: 'mailbox_full', retryAfter: 30 };

async function setUp(max = { messages: 20, keys: 4 }) {
  const log: EventLog = await openEventLog(
    { backend: 'embedded', dataDir: temporaryFolder() },
    createLogger('event-log', 'fatal'),
  );
  onTestFinished(() => log.close());
  await log.mailboxes.create([BOB, keyTopic('bob')]);
  const clock = { now: 1_000_000 };
  const watched = {
    append: vi.fn(log.mailboxes.append),
    head: vi.fn(log.mailboxes.head),
    cursor: vi.fn(log.mailboxes.cursor),
    read: vi.fn(log.mailboxes.read),
  };
  /** Of one more relay. */
  const createRoom = () => createMailboxRoom({ mailboxes: watched, clock: () => clock.now, max });
  const room = createRoom();
  const from =
    (relay: typeof room, mailbox: 'messages' | 'keys' = 'messages') =>
    (sender: string) =>
      outcome(relay.append({ recipient: 'bob', mailbox, sender }, RECORD));
  /** `count` records, each of another sender. */
  const fill = async (count: number) => {
    for (let n = 0; n < count; n += 1) expect(await from(room)(`filler${n}`)).toBe('written');
  };
  return { ...log, clock, watched, room, createRoom, from, send: from(room), fill };
}

describe('a mailbox', () => {
  it('takes as many records as it may hold, and no more: what is refused is not written', async () => {
    const { send, fill, mailboxes, from, room } = await setUp();
    await fill(20);
    expect(await send('alice')).toMatchObject(FULL);
    expect(await mailboxes.head(BOB)).toBe(20);
    // The other mailbox of the same user has a number of its own.
    const sendKey = from(room, 'keys');
    for (const sender of ['a', 'b', 'c', 'd']) expect(await sendKey(sender)).toBe('written');
    expect(await sendKey('e')).toMatchObject(FULL);
  });

  it('holds its number against senders that all come at once', async () => {
    const { send, mailboxes } = await setUp();
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, n) => send(`sender${n}`)));
    expect(outcomes.filter((each) => each === 'written')).toHaveLength(20);
    expect(await mailboxes.head(BOB)).toBe(20);
  });

  it('takes again as much as was acknowledged, a second after the last look at the latest', async () => {
    const { send, fill, mailboxes, clock } = await setUp();
    await fill(20);
    await mailboxes.commit(BOB, 3);
    clock.now += 1_000;
    for (const sender of ['a', 'b', 'c']) expect(await send(sender)).toBe('written');
    expect(await send('d')).toMatchObject(FULL);
  });

  it('does not count what the log has dropped', async () => {
    const { send, fill, mailboxes, clock } = await setUp();
    await fill(20);
    await mailboxes.trim(BOB, 12);
    clock.now += 1_000;
    expect(await send('alice')).toBe('written');
  });

  it('is as full at another relay, and at one that starts', async () => {
    const { fill, from, createRoom, clock } = await setUp();
    const other = from(createRoom());
    expect(await other('alice')).toBe('written');
    await fill(19);
    clock.now += 1_000;
    expect(await from(createRoom())('y')).toMatchObject(FULL);
    // One that has not looked since learns from what its own append answers.
    expect([await other('x'), await other('z')]).toMatchObject(['written', FULL]);
  });

  it('of which nothing is known is looked up once; after that only when it may be half full, once a second', async () => {
    const { send, fill, watched, mailboxes, clock } = await setUp();
    await fill(10);
    expect([watched.head, watched.cursor].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    expect(watched.read).not.toHaveBeenCalled();
    await mailboxes.commit(BOB, 10);
    for (const sender of ['a', 'b', 'c']) await send(sender);
    expect(watched.cursor).toHaveBeenCalledOnce();
    clock.now += 1_000;
    for (const sender of ['a', 'b', 'c']) await send(sender);
    expect(watched.cursor).toHaveBeenCalledTimes(2);
  });

  it('that cannot be looked up refuses the sender with the reason, and takes the next one', async () => {
    const { send, watched, mailboxes } = await setUp();
    watched.cursor.mockRejectedValueOnce(new Error('away'));
    expect(await send('alice')).toMatchObject({ message: 'away' });
    expect(await send('alice')).toBe('written');
    expect(await mailboxes.head(BOB)).toBe(1);
  });
});

describe('a mailbox that is half full', () => {
  it('takes 100 an hour of one sender, and leaves the rest to the others', async () => {
    const { send, fill, mailboxes, clock } = await setUp({ messages: 400, keys: 4 });
    await fill(200);
    for (let n = 0; n < 100; n += 1) expect(await send('mallory')).toBe('written');
    expect(await send('mallory')).toMatchObject({ code: 'mailbox_full', retryAfter: 36 });
    expect(await send('alice')).toBe('written');
    clock.now += 36_000;
    expect([await send('mallory'), await send('mallory')]).toMatchObject([
      'written',
      { code: 'mailbox_full' },
    ]);
    await mailboxes.commit(BOB, 200);
    clock.now += 1_000;
    // Half empty again, it takes all from everybody.
    for (let n = 0; n < 98; n += 1) expect(await send('mallory')).toBe('written');
    expect(await send('mallory')).toMatchObject({ code: 'mailbox_full' });
  });
});
