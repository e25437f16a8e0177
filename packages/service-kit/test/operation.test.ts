import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { openOperation, signedOperation } from '../src/operation.ts';

const CALLER = { username: 'alice', sessionId: 'abcdefghijklmnopqrstuv' };
const Body = Type.Object({ text: Type.String({ maxLength: 3 }), id: Type.Optional(Type.Integer()) });
const seen: unknown[] = [];
const echo = openOperation({
  method: 'POST',
  path: '/echo',
  body: Body,
  response: Type.Object({ text: Type.String() }),
  handle({ body }) {
    seen.push(body);
    return { value: { text: body.text }, headers: { 'x-a': 'b' } };
  },
});
const perform = (body: string | Uint8Array | null) =>
  echo.perform({ caller: null, username: '', body: typeof body === 'string' ? Buffer.from(body) : body });

describe('an operation', () => {
  it('gets the value of a sound body, and answers with JSON and headers', async () => {
    expect(await perform(' { "text" : "é" } ')).toEqual({ json: '{"text":"é"}', headers: { 'x-a': 'b' } });
  });

  it('ignores members that it does not know, those that would poison a prototype among them', async () => {
    await perform('{"text":"x","__proto__":{"text":"y"},"constructor":{"prototype":{"id":1}},"more":[1]}');
    expect(seen.at(-1)).toMatchObject({ text: 'x' });
    expect(Object.getPrototypeOf(seen.at(-1))).toBe(Object.prototype);
    expect({}).not.toHaveProperty('id');
  });

  it.each(['', '{', '{"a":}', 'nonsense', '{"text":"x"}x', '\u0000', '\ufeff{"text":"x"}'])(
    'refuses the bad JSON %j',
    async (body) => {
      await expect(perform(body)).rejects.toMatchObject({ code: 'bad_request' });
    },
  );

  it('refuses no body, and one that is not UTF-8', async () => {
    await expect(perform(null)).rejects.toMatchObject({ code: 'bad_request' });
    const bytes = Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    await expect(perform(bytes)).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('takes members that it does not know 63 levels deep, and refuses what is deeper', async () => {
    const nested = (levels: number) => `{"text":"x","more":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect((await perform(nested(63))).json).toBe('{"text":"x"}');
    await expect(perform(nested(64))).rejects.toMatchObject({
      code: 'bad_request',
      message: 'The body is nested too deep.',
    });
  });

  it.each([
    ['null', 'The body'],
    ['[]', 'The body'],
    ['{}', 'The body'],
    ['{"text":1}', 'text'],
    ['{"text":"long"}', 'text'],
    ['{"text":"x","id":"1"}', 'id'],
    ['{"text":"x","id":1.5}', 'id'],
  ])('refuses %s and says where it is wrong', async (body, place) => {
    const refusal = await perform(body).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'bad_request' });
    expect(String(refusal)).toContain(`malformed: ${place}`);
  });

  describe('with a query', () => {
    const find = openOperation({
      method: 'GET',
      path: '/find',
      query: Type.Object({ from: Type.Optional(Type.String({ pattern: '^[0-9]+$' })) }),
      response: Type.Unknown(),
      handle: ({ query }) => ({ value: query }),
    });
    const ask = async (query?: string) =>
      JSON.parse(
        (
          await find.perform({
            caller: null,
            username: '',
            body: null,
            ...(query !== undefined && { query }),
          })
        ).json,
      );

    it('gets its parameters, decoded; others are ignored', async () => {
      expect(await ask('from=7')).toEqual({ from: '7' });
      expect(await ask('from=%37&to=8')).toMatchObject({ from: '7' });
      expect(await ask('from=7&__proto__=x')).toMatchObject({ from: '7' });
      for (const none of [undefined, '', '&']) expect(await ask(none)).toEqual({});
    });

    it.each(['from', 'from=', 'from=x', 'from=1&from=2', 'from=1&from=1', 'from=1%00', 'from=%ff'])(
      'refuses %s and says where it is wrong',
      async (query) => {
        const refusal = await ask(query).catch((error: unknown) => error);
        expect(refusal).toMatchObject({ code: 'bad_request' });
        expect(String(refusal)).toContain('malformed: from');
      },
    );
  });

  it('of a user is refused to nobody, before the body is looked at', async () => {
    const whose = signedOperation({
      method: 'POST',
      path: '/whose',
      body: Body,
      response: Type.Object({ name: Type.String() }),
      handle: ({ caller }) => ({ value: { name: caller.username } }),
    });
    const call = { username: '', body: Buffer.from('{') };
    await expect(whose.perform({ ...call, caller: null })).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(whose.perform({ ...call, caller: CALLER })).rejects.toMatchObject({ code: 'bad_request' });
    const sound = { username: '', body: Buffer.from('{"text":""}'), caller: CALLER };
    expect((await whose.perform(sound)).json).toBe('{"name":"alice"}');
  });
});
