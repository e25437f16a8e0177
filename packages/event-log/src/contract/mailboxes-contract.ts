import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { VALUE_MAX } from '../limits.ts';
import type { Mailboxes, MailboxRecord } from '../mailboxes.ts';
import type { Harness, LogUnderTest } from './harness.ts';
import { describeMailboxFollowing } from './mailboxes-following.ts';
import { bytes, refusal, text, uniqueTopic } from './values.ts';

const ALL = { from: 0, limit: 1_000_000, maxBytes: 1_000_000_000 };

/**
 * What every backend of `Mailboxes` does. `timeoutMs`: for one test; a cluster needs more than a file. `topicsAtOnce`: made, followed
 * and written to together.
 */
export function describeMailboxesContract(
  name: string,
  harness: Harness<Mailboxes>,
  timeoutMs = 20_000,
  topicsAtOnce = 2_000,
): void {
  describe(`Mailboxes on ${name}`, { timeout: timeoutMs }, () => {
    let log: LogUnderTest<Mailboxes>;
    let mailboxes: Mailboxes;
    let topic: string;

    beforeAll(async () => {
      log = await harness();
    }, timeoutMs);
    afterAll(() => log.remove());
    beforeEach(async () => {
      mailboxes = await log.open();
      topic = uniqueTopic();
      await mailboxes.create([topic]);
    });
    afterEach(() => mailboxes.close());

    const appendAll = (texts: readonly string[], to = topic) =>
      Promise.all(texts.map((value) => mailboxes.append(to, bytes(value))));
    const texts = (records: readonly MailboxRecord[]) => records.map(({ value }) => text(value));

    it('gives a topic its records back in the order of the calls, with offsets from 0 by one', async () => {
      const values = Array.from({ length: 500 }, (_, index) => `record ${index}`);
      expect(await appendAll(values)).toEqual(values.map((_, index) => index));
      const records = await mailboxes.read(topic, ALL);
      expect(records.map(({ offset }) => offset)).toEqual(values.map((_, index) => index));
      expect(texts(records)).toEqual(values);
    });

    it('counts the offsets of each topic for itself', async () => {
      const other = uniqueTopic();
      await mailboxes.create([other]);
      await appendAll(['a', 'b']);
      expect(await appendAll(['c'], other)).toEqual([0]);
      expect(texts(await mailboxes.read(other, ALL))).toEqual(['c']);
    });

    it('keeps an empty value and every byte', async () => {
      const every = Uint8Array.from({ length: 256 }, (_, index) => index);
      await mailboxes.append(topic, new Uint8Array());
      await mailboxes.append(topic, every);
      const records = await mailboxes.read(topic, ALL);
      expect(records.map(({ value }) => [...value])).toEqual([[], [...every]]);
    });

    it('tells each append its own outcome, a bad one among good ones', async () => {
      const outcomes = await Promise.allSettled([
        mailboxes.append(topic, bytes('first')),
        mailboxes.append(uniqueTopic(), bytes('nowhere')),
        mailboxes.append(topic, new Uint8Array(VALUE_MAX + 1)),
        mailboxes.append(topic, bytes('second')),
      ]);
      expect(outcomes).toMatchObject([
        { status: 'fulfilled', value: 0 },
        { status: 'rejected', reason: { code: 'topic_missing', retryable: false } },
        { status: 'rejected', reason: { code: 'too_large', retryable: false } },
        { status: 'fulfilled', value: 1 },
      ]);
      expect(texts(await mailboxes.read(topic, ALL))).toEqual(['first', 'second']);
    });

    it('takes a value of exactly the limit', async () => {
      await mailboxes.append(topic, new Uint8Array(VALUE_MAX).fill(7));
      const [record] = await mailboxes.read(topic, ALL);
      expect(record?.value.byteLength).toBe(VALUE_MAX);
    });

    it('reads from any offset, up to the limit of records, and nothing at the head', async () => {
      await appendAll(['a', 'b', 'c', 'd']);
      expect(texts(await mailboxes.read(topic, { ...ALL, from: 1, limit: 2 }))).toEqual(['b', 'c']);
      expect(await mailboxes.read(topic, { ...ALL, from: 4 })).toEqual([]);
      expect(await mailboxes.head(topic)).toBe(4);
    });

    it('reads up to the limit of bytes, but a first record larger than that alone', async () => {
      await appendAll(['1234', '12', '1234567890', '1']);
      expect(texts(await mailboxes.read(topic, { ...ALL, maxBytes: 6 }))).toEqual(['1234', '12']);
      expect(texts(await mailboxes.read(topic, { ...ALL, from: 2, maxBytes: 6 }))).toEqual(['1234567890']);
    });

    it('refuses every method for a topic that was not created, except to delete it', async () => {
      const missing = uniqueTopic();
      const calls = [
        mailboxes.append(missing, bytes('x')),
        mailboxes.read(missing, ALL),
        mailboxes.follow(missing, 0, () => {}),
        mailboxes.head(missing),
        mailboxes.cursor(missing),
        mailboxes.commit(missing, 0),
        mailboxes.trim(missing, 0),
      ];
      const codes = await Promise.all(calls.map(refusal));
      expect(codes).toEqual(calls.map(() => 'topic_missing'));
      await mailboxes.delete([missing]);
    });

    it('leaves a topic as it is when it is created again', async () => {
      await appendAll(['kept']);
      await mailboxes.commit(topic, 1);
      const added = uniqueTopic();
      await mailboxes.create([topic, added, added]);
      expect(texts(await mailboxes.read(topic, ALL))).toEqual(['kept']);
      expect(await mailboxes.cursor(topic)).toBe(1);
      expect(await mailboxes.head(added)).toBe(0);
    });

    it('moves the cursor forward only, and never beyond the head', async () => {
      expect(await mailboxes.cursor(topic)).toBe(0);
      await appendAll(['a', 'b', 'c']);
      await mailboxes.commit(topic, 2);
      await mailboxes.commit(topic, 1);
      expect(await mailboxes.cursor(topic)).toBe(2);
      await mailboxes.commit(topic, 99);
      expect(await mailboxes.cursor(topic)).toBe(3);
    });

    it('keeps the greatest of cursors that are committed at once', async () => {
      await appendAll(['a', 'b', 'c', 'd']);
      await Promise.all([3, 1, 4, 2].map((cursor) => mailboxes.commit(topic, cursor)));
      expect(await mailboxes.cursor(topic)).toBe(4);
    });

    it('begins at the first record that is kept when what is wanted is trimmed', async () => {
      await appendAll(['a', 'b', 'c', 'd']);
      await mailboxes.trim(topic, 2);
      const records = await mailboxes.read(topic, ALL);
      // They may stay for a while: but what is there is without a hole up to the head.
      const first = records[0]?.offset ?? Number.NaN;
      expect(first).toBeLessThanOrEqual(2);
      expect(texts(records)).toEqual(['a', 'b', 'c', 'd'].slice(first));
    });

    it('never trims beyond the head, and goes on counting', async () => {
      await appendAll(['a', 'b']);
      await mailboxes.trim(topic, 99);
      await mailboxes.trim(topic, 1);
      expect(await appendAll(['c'])).toEqual([2]);
      expect(texts(await mailboxes.read(topic, { ...ALL, from: 2 }))).toEqual(['c']);
    });

    it('deletes a topic with its records and cursor; made again it is empty', async () => {
      await appendAll(['old']);
      await mailboxes.commit(topic, 1);
      await mailboxes.delete([topic]);
      expect(await refusal(mailboxes.read(topic, ALL))).toBe('topic_missing');
      await mailboxes.create([topic]);
      expect(await mailboxes.cursor(topic)).toBe(0);
      expect(await appendAll(['new'])).toEqual([0]);
      expect(texts(await mailboxes.read(topic, ALL))).toEqual(['new']);
    });

    it('has records, cursor and head after a restart', async () => {
      await appendAll(['a', 'b', 'c']);
      await mailboxes.commit(topic, 2);
      await mailboxes.close();
      mailboxes = await log.open();
      expect(texts(await mailboxes.read(topic, ALL))).toEqual(['a', 'b', 'c']);
      expect(await mailboxes.cursor(topic)).toBe(2);
      expect(await appendAll(['d'])).toEqual([3]);
    });

    it('shows two instances of one log each other’s topics, records and cursors', async () => {
      const other = await log.open();
      try {
        const offsets = await Promise.all(
          [mailboxes, other, mailboxes, other].map((instance) => instance.append(topic, bytes('x'))),
        );
        expect(offsets.toSorted()).toEqual([0, 1, 2, 3]);
        await other.commit(topic, 3);
        expect(await mailboxes.cursor(topic)).toBe(3);
        expect(await mailboxes.read(topic, ALL)).toEqual(await other.read(topic, ALL));
        await other.delete([topic]);
        expect(await refusal(mailboxes.append(topic, bytes('late')))).toBe('topic_missing');
      } finally {
        await other.close();
      }
    });

    it('finishes what it accepted before it closes, then refuses', async () => {
      const accepted = appendAll(['a', 'b', 'c']);
      await mailboxes.close();
      expect(await accepted).toEqual([0, 1, 2]);
      const calls = [
        mailboxes.create([topic]),
        mailboxes.delete([topic]),
        mailboxes.append(topic, bytes('late')),
        mailboxes.read(topic, ALL),
        mailboxes.follow(topic, 0, () => {}),
        mailboxes.head(topic),
        mailboxes.cursor(topic),
        mailboxes.commit(topic, 1),
        mailboxes.trim(topic, 1),
      ];
      const codes = await Promise.all(calls.map(refusal));
      expect(codes).toEqual(calls.map(() => 'closed'));
      await mailboxes.close();
    });

    it('keeps every acknowledged record, once and in order, when a writer is killed', async () => {
      const writer = await log.startWriter(topic);
      await writer.acknowledgedAtLeast(200);
      const acknowledged = await writer.kill();
      const numbers = texts(await mailboxes.read(topic, ALL)).map(Number);
      // The writer issues 0, 1, 2, ... in order, so what is kept is a beginning of that.
      expect(numbers).toEqual(numbers.map((_, index) => index));
      expect(numbers).toEqual(expect.arrayContaining(acknowledged));
      expect(await mailboxes.append(topic, bytes('after'))).toBe(numbers.length);
    });

    describeMailboxFollowing({
      log: () => log,
      mailboxes: () => mailboxes,
      topic: () => topic,
      topicsAtOnce,
    });
  });
}
