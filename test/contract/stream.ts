import { describe, expect, it } from 'vitest';
import { login } from '../v1-client/account.ts';
import { member, textMember } from '../v1-client/reading.ts';
import { drainTexts, expectBody, expectOk, expectRefusal, pollKeys } from './expectations.ts';
import { newPerson, type Person } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';
import { openStream } from './stream-reader.ts';

const OK = { status: 'OK' };

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

  describe('the stream', () => {
    it('is live at once where nothing waits, says so to proxies, and brings what arrives', async () => {
      const [ann, bob] = await pair();
      const stream = await openStream(server, bob.session, { presence: '' });
      expect(stream.headers).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
        'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
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
      const stream = await openStream(server, bob.session, { presence: '' });
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
      const first = await openStream(server, bob.session, { presence: '' });
      await first.until('live');
      const events = [...first.events];
      for (const [index, { cursor }] of events.entries()) {
        const names = events.slice(index + 1).map(({ event, data }) => [event, data]);
        const rest = names.at(-1)?.[0] === 'live' ? names : [['live', {}]];
        for (const opening of [{ cursor }, { lastEventId: cursor }, { lastEventId: cursor, cursor: '0.0' }]) {
          const again = await openStream(server, bob.session, { ...opening, presence: '' });
          await again.until('live');
          expect(again.events.map(({ event, data }) => [event, data])).toEqual(rest);
        }
      }
    });

    it('begins where nothing is acknowledged when the cursor is one of a log that was lost', async () => {
      const [ann, bob] = await pair();
      await send(ann, bob, '1');
      const stream = await openStream(server, bob.session, { cursor: 'zz.zz' });
      await stream.until('live');
      expect(stream.texts()).toEqual(['1']);
    });

    it('begins after what was acknowledged, which no poll brings again', async () => {
      const [ann, bob] = await pair();
      for (const text of ['1', '2', '3']) await send(ann, bob, text);
      await exchange(ann, bob, 'k');
      const first = await openStream(server, bob.session);
      const second = await first.until('message', { message: '2' });
      await first.until('live');
      await ack(bob, second.cursor);
      // An older one changes nothing.
      await ack(bob, '0.0');
      const again = await openStream(server, bob.session);
      await again.until('live');
      expect(again.texts()).toEqual(['3']);
      expect(await drainTexts(bob.session)).toEqual(['3']);
      expect(await pollKeys(bob.session)).toEqual([]);
      const last = await openStream(server, bob.session);
      await last.until('live');
      expect(last.texts()).toEqual([]);
    });

    it('brings every record to each of two sessions of one user', async () => {
      const [ann, bob] = await pair();
      const other = await login(server.url, bob.account);
      await send(ann, bob, '1');
      const streams = [await openStream(server, bob.session), await openStream(server, other)];
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
      const [ending, staying] = [await openStream(server, bob.session), await openStream(server, other)];
      await ending.until('live');
      const start = performance.now();
      expectOk(await bob.session.post('/chat/auth/logout'));
      expect(await ending.bye()).toBe('session_over');
      expect(performance.now() - start).toBeLessThan(1_000);
      await staying.until('live');
      expect(staying.ended).toBe(false);
      await expect(openStream(server, bob.session)).rejects.toThrow('401');
    });

    it('is replaced by a later one of the same session', async () => {
      const [ann, bob] = await pair();
      const first = await openStream(server, bob.session);
      await first.until('live');
      const second = await openStream(server, bob.session);
      expect(await first.bye()).toBe('replaced');
      await send(ann, bob, 'hello');
      await second.until('message', { message: 'hello' });
      expect(first.texts()).toEqual([]);
    });

    it('counts as presence, and tells those who want to know, within a second', async () => {
      const [ann, bob] = await pair();
      const everybody = await openStream(server, ann.session);
      const names = await openStream(server, await login(server.url, ann.account), {
        presence: `x,${bob.name.toUpperCase()}`,
      });
      const nobody = await openStream(server, await login(server.url, ann.account), { presence: '' });
      for (const stream of [everybody, names, nobody]) await stream.until('live');
      const start = performance.now();
      const stream = await openStream(server, bob.session);
      for (const watcher of [everybody, names]) {
        const came = await watcher.until('presence', { username: bob.name, online: true });
        expect(came.at - start).toBeLessThan(1_000);
      }
      stream.close();
      const went = await names.until('presence', { username: bob.name, online: false });
      expect(went.at - start).toBeLessThan(10_000);
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
      const streams = [await openStream(server, bob.session), await openStream(server, other)];
      for (const stream of streams) await stream.until('live');
      expectBody(await ann.session.post(path, { body: 'typing' }), OK);
      for (const stream of streams) {
        const { data } = await stream.until('ephemeral');
        expect(data).toEqual({ sender: ann.name, body: 'typing', timestamp: expect.any(String) });
      }
      const later = await openStream(server, bob.session);
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
