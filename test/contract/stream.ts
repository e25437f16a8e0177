import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { login } from '../v1-client/account.ts';
import { member, textMember } from '../v1-client/reading.ts';
import type { V1Session } from '../v1-client/session.ts';
import { drainTexts, expectBody, expectOk, expectRefusal, pollKeys } from './expectations.ts';
import { newPerson, type Person } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';
import { type Opening, openStream, type StreamReader } from './stream-reader.ts';

const OK = { status: 'OK' };
/** A bound, not an expectation. */
const SOON = { timeout: 10_000, interval: 5 };

export function describeStream(server: ServerUnderTest): void {
  const send = async (from: Person, to: Person, message: string) =>
    expectBody(await from.session.post(`/chat/${to.name}/send`, { message }), OK);
  const exchange = async (from: Person, to: Person, encryptedKey: string) =>
    expectBody(await from.session.post(`/chat/${to.name}/keyexchange`, { encrypted_key: encryptedKey }), OK);
  const ack = async (person: Person, cursor: string) =>
    expectBody(await person.session.post('/chat/ack', { cursor }), OK);
  const pair = async (): Promise<[Person, Person]> => [
    await newPerson(server, 'ann'),
    await newPerson(server, 'bob'),
  ];

  const readers: StreamReader[] = [];
  const open = async (session: V1Session, opening?: Opening): Promise<StreamReader> => {
    const reader = await openStream(server, session, opening);
    readers.push(reader);
    return reader;
  };
  afterAll(() => {
    for (const reader of readers) reader.close();
  });

  describe('the stream', { concurrent: true }, () => {
    it('is live at once where nothing waits, says so to proxies, and brings what arrives', async () => {
      const [ann, bob] = await pair();
      const stream = await open(bob.session, { presence: '' });
      expect(stream.headers).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
        'x-request-id': expect.stringMatching(/^[0-9a-f]{32}$/),
      });
      const live = await stream.until('live');
      expect(stream.events).toEqual([live]);
      expect(stream.comments).toBeGreaterThan(0);
      const sent = performance.now();
      await send(ann, bob, 'hello');
      await exchange(ann, bob, 'a2V5');
      const message = await stream.until('message');
      const key = await stream.until('key');
      expect(message.at - sent).toBeLessThan(1_000);
      expect(message.data).toEqual({
        id: expect.stringMatching(/^[A-Za-z0-9_-]{16,64}$/),
        seq: 0,
        sender: ann.name,
        message: 'hello',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      });
      expect(key.data).toMatchObject({ seq: 0, sender: ann.name, encrypted_key: 'a2V5' });
      expect(new Set([live, message, key].map(({ cursor }) => cursor)).size).toBe(3);
    });

    it('brings the keys that wait, then the messages, then live, then what arrives', async () => {
      const [ann, bob] = await pair();
      for (const text of ['1', '2', '3']) {
        await send(ann, bob, `m${text}`);
        await exchange(ann, bob, `k${text}`);
      }
      const stream = await open(bob.session, { presence: '' });
      await stream.until('live');
      await send(ann, bob, 'm4');
      await stream.until('message', { message: 'm4' });
      const order = stream.events.map(({ event, data }) =>
        event === 'key'
          ? member(data, 'encrypted_key')
          : event === 'message'
            ? member(data, 'message')
            : event,
      );
      expect(order).toEqual(['k1', 'k2', 'k3', 'm1', 'm2', 'm3', 'live', 'm4']);
    });

    it('resumes after any cursor, by Last-Event-ID before ?cursor', async () => {
      const [ann, bob] = await pair();
      for (const text of ['1', '2', '3', '4']) await send(ann, bob, text);
      await exchange(ann, bob, 'k');
      const first = await open(bob.session, { presence: '' });
      await first.until('live');
      const events = [...first.events];
      for (const [index, { cursor }] of events.entries()) {
        const names = events.slice(index + 1).map(({ event, data }) => [event, data]);
        const rest = names.at(-1)?.[0] === 'live' ? names : [['live', {}]];
        for (const opening of [{ cursor }, { lastEventId: cursor }, { lastEventId: cursor, cursor: '0.0' }]) {
          const again = await open(bob.session, { ...opening, presence: '' });
          await again.until('live');
          expect(again.events.map(({ event, data }) => [event, data])).toEqual(rest);
        }
      }
    });

    it('begins where nothing is acknowledged when the cursor is one of a log that was lost', async () => {
      const [ann, bob] = await pair();
      await send(ann, bob, '1');
      const stream = await open(bob.session, { cursor: 'zz.zz' });
      await stream.until('live');
      expect(stream.texts()).toEqual(['1']);
    });

    it('begins after what was acknowledged, which no poll brings again', async () => {
      const [ann, bob] = await pair();
      for (const text of ['1', '2', '3']) await send(ann, bob, text);
      await exchange(ann, bob, 'k');
      const first = await open(bob.session);
      const second = await first.until('message', { message: '2' });
      await first.until('live');
      await ack(bob, second.cursor);
      // An older one changes nothing.
      await ack(bob, '0.0');
      const again = await open(bob.session);
      await again.until('live');
      expect(again.texts()).toEqual(['3']);
      expect(await drainTexts(bob.session)).toEqual(['3']);
      expect(await pollKeys(bob.session)).toEqual([]);
      const last = await open(bob.session);
      await last.until('live');
      expect(last.texts()).toEqual([]);
    });

    it('brings every record to each of two sessions of one user', async () => {
      const [ann, bob] = await pair();
      const other = await login(server.url, bob.account);
      await send(ann, bob, '1');
      const streams = [await open(bob.session), await open(other)];
      for (const stream of streams) await stream.until('live');
      await send(ann, bob, '2');
      await exchange(ann, bob, 'k');
      for (const stream of streams) {
        await stream.until('message', { message: '2' });
        await stream.until('key');
        expect(stream.texts()).toEqual(['1', '2']);
        expect(stream.ended).toBe(false);
      }
    });

    it('ends with a bye at logout, at once, and not that of another session', async () => {
      const [, bob] = await pair();
      const other = await login(server.url, bob.account);
      const [ending, staying] = [await open(bob.session), await open(other)];
      await ending.until('live');
      const start = performance.now();
      expectOk(await bob.session.post('/chat/auth/logout'));
      expect(await ending.bye()).toBe('session_over');
      expect(performance.now() - start).toBeLessThan(1_000);
      await staying.until('live');
      expect(staying.ended).toBe(false);
      await expect(open(bob.session)).rejects.toThrow('401');
    });

    it('is replaced by a later one of the same session', async () => {
      const [ann, bob] = await pair();
      const first = await open(bob.session);
      await first.until('live');
      const second = await open(bob.session);
      expect(await first.bye()).toBe('replaced');
      await send(ann, bob, 'hello');
      await second.until('message', { message: 'hello' });
      expect(first.texts()).toEqual([]);
    });

    it.each([1, 2, 3])(
      'has no gap and no duplicate where it begins, whatever is written meanwhile (seed %i)',
      { timeout: 60_000 },
      async (seed) => {
        const [ann, bob] = await pair();
        const writers = [ann, ...(await Promise.all([newPerson(server), newPerson(server)]))];
        const count = 40;
        const writing = Promise.all(
          writers.map(async (writer) => {
            for (let number = 0; number < count; number++) {
              await send(writer, bob, `${writer.name} ${number}`);
              if (number % 4 === 0) await exchange(writer, bob, `${writer.name} ${number}`);
            }
          }),
        );
        const [parts = []] = fc.sample(fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 20 }), {
          seed,
          numRuns: 1,
        });
        const seqs = { message: [] as number[], key: [] as number[] };
        const texts: string[] = [];
        const left = () => writers.length * count * 1.25 - seqs.message.length - seqs.key.length;
        let cursor: string | undefined;
        for (let turn = 0; left() > 0; turn++) {
          const stream = await open(bob.session, { ...(cursor && { cursor }), presence: '' });
          // With `live`, which every stream has.
          const enough = Math.min(parts[turn % parts.length] ?? 1, left() + 1);
          await vi.waitFor(() => expect(stream.events.length).toBeGreaterThanOrEqual(enough), SOON);
          stream.close();
          for (const { event, data, cursor: after } of stream.events.slice(0, enough)) {
            if (event === 'key') seqs.key.push(Number(member(data, 'seq')));
            if (event === 'message') {
              seqs.message.push(Number(member(data, 'seq')));
              texts.push(textMember(data, 'message'));
            }
            cursor = after;
          }
          if (turn % 3 === 0 && cursor) await ack(bob, cursor);
        }
        await writing;
        expect(seqs.message).toEqual(Array.from({ length: writers.length * count }, (_, index) => index));
        expect(seqs.key).toEqual(Array.from({ length: (writers.length * count) / 4 }, (_, index) => index));
        for (const { name } of writers)
          expect(texts.filter((text) => text.startsWith(`${name} `))).toEqual(
            Array.from({ length: count }, (_, number) => `${name} ${number}`),
          );
      },
    );

    it('gives nothing back that a poll or an older acknowledgement would give back', async () => {
      const [ann, bob] = await pair();
      for (const text of ['1', '2', '3', '4']) await send(ann, bob, text);
      const stream = await open(bob.session, { presence: '' });
      const first = await stream.until('message', { message: '1' });
      const live = await stream.until('live');
      expect(await drainTexts(bob.session)).toEqual(['1', '2', '3', '4']);
      await ack(bob, first.cursor);
      expect(await drainTexts(bob.session)).toEqual([]);
      await send(ann, bob, '5');
      const fifth = await stream.until('message', { message: '5' });
      await ack(bob, fifth.cursor);
      await ack(bob, live.cursor);
      expect(await drainTexts(bob.session)).toEqual([]);
      expect(stream.texts()).toEqual(['1', '2', '3', '4', '5']);
    });

    it('gets a comment when nothing else was written for 10 s', { timeout: 20_000 }, async () => {
      const { session } = await newPerson(server);
      const stream = await open(session, { presence: '' });
      const { at } = await stream.until('live');
      const before = stream.comments;
      await vi.waitFor(() => expect(stream.comments).toBeGreaterThan(before), {
        timeout: 15_000,
        interval: 50,
      });
      expect(performance.now() - at).toBeGreaterThan(9_000);
      expect(performance.now() - at).toBeLessThan(13_000);
      expect(stream.ended).toBe(false);
    });

    it('waits for a reader that stops, holds nobody else up, and loses nothing', {
      timeout: 60_000,
    }, async () => {
      const [ann, bob] = await pair();
      const other = await login(server.url, bob.account);
      const [stalled, reading] = [
        await open(bob.session, { presence: '' }),
        await open(other, { presence: '' }),
      ];
      await stalled.until('live');
      stalled.pause();
      const text = (number: number) => `${number} `.padEnd(50_000, 'x');
      const texts = Array.from({ length: 100 }, (_, number) => text(number));
      for (const message of texts) await send(ann, bob, message);
      await reading.until('message', { message: text(99) });
      expect(reading.texts()).toEqual(texts);
      expect(stalled.texts().length).toBeLessThan(100);
      const from = performance.now();
      await send(ann, bob, 'short');
      const { at } = await reading.until('message', { message: 'short' });
      expect(at - from).toBeLessThan(1_000);
      stalled.resume();
      await stalled.until('message', { message: 'short' });
      expect(stalled.texts()).toEqual([...texts, 'short']);
    });

    it('counts as presence, and tells those who want to know, within a second', async () => {
      const [ann, bob] = await pair();
      const everybody = await open(ann.session);
      const names = await open(await login(server.url, ann.account), {
        presence: `x,${bob.name.toUpperCase()}`,
      });
      const nobody = await open(await login(server.url, ann.account), { presence: '' });
      for (const stream of [everybody, names, nobody]) await stream.until('live');
      const start = performance.now();
      const stream = await open(bob.session);
      for (const watcher of [everybody, names]) {
        const came = await watcher.until('presence', { username: bob.name, online: true });
        expect(came.at - start).toBeLessThan(1_000);
      }
      const closing = performance.now();
      stream.close();
      const went = await names.until('presence', { username: bob.name, online: false });
      // Whoever loses a stream counts as there for 6 s more; who closes it does not.
      expect(went.at - closing).toBeLessThan(3_000);
      expect(names.events.map(({ event, data }) => [event, data])).toEqual([
        ['live', {}],
        ['presence', { username: bob.name, online: true }],
        ['presence', { username: bob.name, online: false }],
      ]);
      expect(nobody.events).toHaveLength(1);
    });

    it('brings ephemerals to all open streams of a user, and keeps none', async () => {
      const [ann, bob] = await pair();
      const path = `/chat/${bob.name.toUpperCase()}/ephemeral`;
      expectBody(await ann.session.post(path, { body: 'nobody hears this' }), OK);
      const other = await login(server.url, bob.account);
      const streams = [await open(bob.session), await open(other)];
      for (const stream of streams) await stream.until('live');
      expectBody(await ann.session.post(path, { body: 'typing' }), OK);
      for (const stream of streams) {
        const { data } = await stream.until('ephemeral');
        expect(data).toEqual({ sender: ann.name, body: 'typing', timestamp: expect.any(String) });
      }
      const later = await open(bob.session);
      await later.until('live');
      expect(later.events.filter(({ event }) => event === 'ephemeral')).toEqual([]);
    });

    it('takes 20 ephemerals of one user in 10 s and no more, and none without a body or a recipient', async () => {
      const [ann, bob] = await pair();
      const post = (body: unknown, name = bob.name) => ann.session.post(`/chat/${name}/ephemeral`, body);
      for (const bad of [{}, { body: '' }, { body: 'x'.repeat(1_025) }, { body: 1 }, { body: '\ud800' }])
        expect(expectRefusal(await post(bad), 400)).toBe('bad_request');
      expect(expectRefusal(await post({ body: 'x' }, 'nobody_at_all'), 404)).toBe('unknown_user');
      expect(expectRefusal(await post({ body: 'x' }, '-'), 400)).toBe('bad_name');
      const codes = [];
      for (let count = 0; count < 25; count++) codes.push((await post({ body: 'x'.repeat(1_024) })).status);
      expect(codes.filter((code) => code === 200).length).toBeLessThanOrEqual(20);
      expect(codes.filter((code) => code === 200).length).toBeGreaterThanOrEqual(18);
      expect(expectRefusal(await post({ body: 'x' }), 429)).toBe('too_many');
      expectBody(await bob.session.post(`/chat/${ann.name}/ephemeral`, { body: 'x' }), OK);
    });

    it.each(['', 'x', '0', '00.0', '-1.0', '0.0.0', 'zzzzzzzzzzz.0', '\u00e9'])(
      'refuses %j as a cursor, in every place where one may stand',
      async (cursor) => {
        const { session } = await newPerson(server);
        const query = new URLSearchParams({ cursor });
        expect(expectRefusal(await session.get(`/chat/stream?${query}`), 400)).toBe('bad_request');
        expect(expectRefusal(await session.post('/chat/ack', { cursor }), 400)).toBe('bad_request');
        if (cursor === '') return;
        const headers = { 'Last-Event-ID': Buffer.from(cursor).toString('latin1') };
        expect(expectRefusal(await session.get('/chat/stream', headers), 400)).toBe('bad_request');
      },
    );

    it('refuses other malformed openings and acknowledgements', async () => {
      const { session } = await newPerson(server);
      const names = Array.from({ length: 257 }, () => 'bob').join(',');
      for (const query of ['presence=a%20b', 'presence=,', `presence=${names}`, 'cursor=0.0&cursor=0.0'])
        expect(expectRefusal(await session.get(`/chat/stream?${query}`), 400)).toBe('bad_request');
      for (const body of [undefined, {}, { cursor: 1 }, { cursor: null }, []])
        expect(expectRefusal(await session.post('/chat/ack', body), 400)).toBe('bad_request');
      expect(
        textMember(expectOk(await session.post('/chat/ack', { cursor: '0.0', more: 1 })), 'status'),
      ).toBe('OK');
    });
  });
}
