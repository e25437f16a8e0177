import { RECORDS } from '@secure-chat/wire/events';
import { describe, expect, it } from 'vitest';
import { createSchemaRegistry } from '../src/codecs/schema-registry.ts';
import { refusal } from '../src/contract/values.ts';
import { answering, cutAnswers, silence, startFakeRegistry } from './fake-registry.ts';

const { user, message } = RECORDS;
/** A user with one field more. */
const newerUser = {
  ...user.schema,
  fields: [...user.schema.fields, { name: 'region', type: 'string' as const, default: 'eu' }],
};
/** A schema that cannot read users: its field has no default. */
const otherUser = {
  ...user.schema,
  fields: [...user.schema.fields, { name: 'region', type: 'string' as const }],
};

async function start(attemptMs = 5_000) {
  const fake = await startFakeRegistry();
  return { ...fake, fake, registry: createSchemaRegistry({ url: fake.url, attemptMs }) };
}

describe('registering', () => {
  it('asks for BACKWARD compatibility before the schema is there, and gives the same id again', async () => {
    const { registry, levels, requests } = await start();
    const id = await registry.register(user);
    expect(levels.get('chat.users-value')).toBe('BACKWARD');
    expect(requests.findIndex((request) => request.startsWith('PUT /config'))).toBeLessThan(
      requests.findIndex((request) => request.startsWith('POST /subjects')),
    );
    expect(await registry.register(user)).toBe(id);
    expect(await registry.register(message)).not.toBe(id);
  });

  it('leaves a stricter level as it is, and mends one that allows anything', async () => {
    const { registry, levels } = await start();
    levels.set(user.subject, 'FULL');
    levels.set(message.subject, 'NONE');
    await registry.register(user);
    await registry.register(message);
    expect([levels.get(user.subject), levels.get(message.subject)]).toEqual(['FULL', 'BACKWARD']);
  });

  it('by several processes at once succeeds for all', async () => {
    const { registry, url } = await start();
    const others = [createSchemaRegistry({ url }), createSchemaRegistry({ url })];
    const ids = await Promise.all([registry, ...others].map((process) => process.register(user)));
    expect(new Set(ids).size).toBe(1);
  });

  it('is refused for a schema that cannot read what the last one wrote', async () => {
    const { registry } = await start();
    await registry.register(user);
    await expect(registry.register({ subject: user.subject, schema: otherUser })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/refuses to register the schema of chat.users-value/),
    });
    expect(await registry.register({ subject: user.subject, schema: newerUser })).toBeGreaterThan(0);
  });
});

describe('an id', () => {
  it('is found where it is a version of the subject, and nowhere else', async () => {
    const { registry, fake } = await start();
    const id = await registry.register(user);
    const newer = fake.register(user.subject, newerUser);
    expect((await registry.find(user, id))?.name).toBe('securechat.User');
    expect(await registry.find(user, newer)).not.toBeNull();
    expect(await registry.find(message, id)).toBeNull();
    expect(await registry.find(user, 99)).toBeNull();
  });
});

describe('a registry that', () => {
  const TROUBLES = {
    'is down': null,
    'does not answer': silence,
    'hangs up in the middle of an answer': cutAnswers,
    'answers 500': answering(500, '{"error_code":50001,"message":"store"}'),
    'answers 500 and null': answering(500, 'null'),
    'answers 404 for what is no API of a registry': answering(404, '{"error_code":404,"message":"HTTP 404"}'),
    'answers 404 with a page': answering(404, '<html>'),
    'answers null': answering(200, 'null'),
    'answers something else': answering(200, '{"id":"7","schema":5}'),
    'answers with text': answering(200, 'hello'),
    'answers nothing': answering(200, ''),
  };

  it.each(Object.entries(TROUBLES))('%s is unavailable, and of use again later', async (_, trouble) => {
    const { registry, fake } = await start(500);
    const id = await registry.register(user);
    if (trouble) fake.misbehave(trouble);
    else await fake.stop();
    expect(await refusal(registry.register(message))).toBe('unavailable');
    expect(await refusal(registry.find(user, id))).toBe('unavailable');
    if (trouble) fake.recover();
    else await fake.restart();
    expect(await registry.register(message)).toBeGreaterThan(0);
    expect(await registry.find(user, id)).not.toBeNull();
  });

  it('fails once is asked once more', async () => {
    const { registry, fake, requests } = await start();
    let failures = 1;
    fake.misbehave((request, response) => failures-- > 0 && answering(503, '')(request, response));
    expect(await registry.register(user)).toBeGreaterThan(0);
    expect(requests.filter((request) => request.startsWith('GET /config'))).not.toHaveLength(1);
  });

  it('refuses because another process did the same just then is asked once more', async () => {
    const { registry, fake, levels } = await start();
    let conflicts = 1;
    fake.misbehave((request, response) => {
      if (request.method !== 'PUT' || conflicts-- === 0) return false;
      levels.set(user.subject, 'BACKWARD');
      return answering(409, '{"message":"A rule named COMPATIBILITY already exists.","error_code":0}')(
        request,
        response,
      );
    });
    expect(await registry.register(user)).toBeGreaterThan(0);
  });

  it('fails for long is asked twice and no more', async () => {
    const { registry, fake, requests } = await start();
    fake.misbehave(answering(500, ''));
    expect(await refusal(registry.find(user, 1))).toBe('unavailable');
    expect(requests).toEqual(['GET /schemas/ids/1/versions', 'GET /schemas/ids/1/versions']);
  });
});
