import { type AvroRecord, RECORDS } from '@secure-chat/wire/events';
import avsc from 'avsc';
import { describe, expect, it, vi } from 'vitest';
import { createAvroCodec } from '../src/codecs/avro-codec.ts';
import { createRegistryCodecs, createRegistryIds } from '../src/codecs/registry-codecs.ts';
import { createSchemaRegistry } from '../src/codecs/schema-registry.ts';
import { refusal } from '../src/contract/values.ts';
import { answering, startFakeRegistry, type Trouble } from './fake-registry.ts';

const { user, message } = RECORDS;
const alice = { username: 'alice', publicKey: 'PEM', registeredAt: 7, deletedAt: 0 };
const withRegion = (field: { default?: string }): AvroRecord => ({
  ...user.schema,
  fields: [...user.schema.fields, { name: 'region', type: 'string', ...field }],
});

/** As another version of the code would write it. */
function written(id: number, schema: AvroRecord, value: object): Uint8Array {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(id, 1);
  return Buffer.concat([header, avsc.Type.forSchema(schema).toBuffer(value)]);
}

async function start(options: { unknownMax?: number } = {}) {
  const fake = await startFakeRegistry();
  let now = 0;
  const registry = createSchemaRegistry({ url: fake.url });
  const ids = createRegistryIds(registry, { ...options, now: () => now });
  return {
    ...fake,
    fake,
    users: createAvroCodec(user, ids),
    messages: createAvroCodec(message, ids),
    pass(ms: number) {
      now += ms;
    },
    asked: (id: number) => fake.requests.filter((request) => request.includes(`/ids/${id}/`)).length,
  };
}

const frame = (id: number) => written(id, user.schema, alice);

describe('records with ids of a registry', () => {
  it('come back; the schema is registered once, by the first that is written', async () => {
    const { users, requests } = await start();
    const all = await Promise.all(Array.from({ length: 20 }, () => users.encode(alice)));
    for (const bytes of all) expect(await users.decode(bytes)).toEqual(alice);
    expect(requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
  });

  it('of another process are read, after one question that all concurrent reads share', async () => {
    const { users, fake, asked } = await start();
    const id = fake.register(user.subject, user.schema);
    const reads = Array.from({ length: 20 }, () => users.decode(frame(id)));
    expect(await Promise.all(reads)).toEqual(reads.map(() => alice));
    expect(await users.decode(frame(id))).toEqual(alice);
    expect(asked(id)).toBe(1);
  });

  it('of a newer version are read without the fields that this one does not know', async () => {
    const { users, fake } = await start();
    await users.encode(alice);
    const newer = withRegion({ default: 'eu' });
    const bytes = written(fake.register(user.subject, newer), newer, { ...alice, region: 'us' });
    expect(await users.decode(bytes)).toEqual(alice);
  });

  it('of an older version are read with the defaults of this one', async () => {
    const { url, fake } = await start();
    const older = { ...user.schema, fields: user.schema.fields.slice(0, 2) };
    const { username, publicKey } = alice;
    const bytes = written(fake.register(user.subject, older), older, { username, publicKey });
    const last = user.schema.fields.slice(2).map((field) => ({ ...field, default: 42 }));
    const today = { ...user, schema: { ...older, fields: [...older.fields, ...last] } };
    const users = createAvroCodec(today, createRegistryIds(createSchemaRegistry({ url })));
    expect(await users.decode(bytes)).toEqual({ ...alice, registeredAt: 42, deletedAt: 42 });
  });

  it('of a schema that this version cannot read from are none', async () => {
    const { users, fake } = await start();
    const other = { ...user.schema, fields: user.schema.fields.slice(0, 1) };
    const id = fake.register(user.subject, other);
    expect(await users.decode(written(id, other, { username: 'alice' }))).toBeNull();
    expect(await users.decode(frame(id))).toBeNull();
  });

  it('of another subject are none', async () => {
    const { users, messages, fake } = await start();
    const id = fake.register(user.subject, user.schema);
    expect(await users.decode(frame(id))).toEqual(alice);
    expect(await messages.decode(frame(id))).toBeNull();
  });
});

describe('an id that nobody registered', () => {
  it('is asked for in ten seconds once, before and after our own; and found when it appears later', async () => {
    const { users, fake, asked, pass } = await start();
    expect(fake.register(user.subject, user.schema)).toBe(1);
    const newer = withRegion({ default: 'eu' });
    const bytes = written(2, newer, { ...alice, region: 'us' });
    for (let count = 0; count < 5; count += 1) expect(await users.decode(bytes)).toBeNull();
    expect(asked(2)).toBe(2);
    expect(fake.register(user.subject, newer)).toBe(2);
    pass(9_999);
    expect(await users.decode(bytes)).toBeNull();
    pass(1);
    expect(await users.decode(bytes)).toEqual(alice);
    expect(asked(2)).toBe(3);
  });

  it('is remembered among so many at most; the oldest is asked for again', async () => {
    const { users, asked } = await start({ unknownMax: 2 });
    for (const id of [11, 12, 13, 12, 13, 11]) expect(await users.decode(frame(id))).toBeNull();
    expect([asked(11), asked(12), asked(13)]).toEqual([4, 2, 2]);
  });

  it('is not asked for when no registry gives such', async () => {
    const { users, requests } = await start();
    for (const id of [0, 0x8000_0000, 0xffff_ffff]) expect(await users.decode(frame(id))).toBeNull();
    expect(requests).toEqual([]);
  });
});

describe('a registry that has just started, and knows nothing yet', () => {
  const forgetful: Trouble = (request, response) => {
    if (request.method === 'GET')
      return answering(404, '{"error_code":40403,"message":"not found"}')(request, response);
    return answering(500, '{"error_code":50001,"message":"starting"}')(request, response);
  };

  it('takes no record for poisoned: it is unavailable, and read as soon as it knows', async () => {
    const { users, fake } = await start();
    const id = fake.register(user.subject, user.schema);
    fake.misbehave(forgetful);
    expect(await refusal(users.decode(frame(id)))).toBe('unavailable');
    fake.recover();
    expect(await users.decode(frame(id))).toEqual(alice);
  });

  it('is asked again when it knows our own schema', async () => {
    const { users, fake } = await start();
    const newer = withRegion({ default: 'eu' });
    fake.register(user.subject, user.schema);
    const id = fake.register(user.subject, newer);
    fake.misbehave((request, response) => {
      if (request.method === 'POST') fake.recover();
      return request.url?.startsWith('/schemas') ? forgetful(request, response) : false;
    });
    expect(await users.decode(written(id, newer, { ...alice, region: 'us' }))).toEqual(alice);
  });

  it('is not believed when it gives our own schema another id than before', async () => {
    const { users, fake } = await start();
    const bytes = await users.encode(alice);
    fake.misbehave((request, response) => {
      if (request.method === 'POST') return answering(200, '{"id":77}')(request, response);
      return forgetful(request, response);
    });
    expect(await refusal(users.decode(frame(5)))).toBe('unavailable');
    expect(await users.decode(bytes)).toEqual(alice);
  });
});

describe('while the registry is down', () => {
  it('known schemas go on, others are unavailable, and succeed later', async () => {
    const { users, messages, fake } = await start();
    const id = fake.register(user.subject, withRegion({ default: 'eu' }));
    const bytes = await users.encode(alice);
    await fake.stop();
    expect(await users.decode(await users.encode(alice))).toEqual(alice);
    const note = { id: 'i', sender: 'alice', message: 'm', sentAt: 1, trace: '' };
    expect(await refusal(messages.encode(note))).toBe('unavailable');
    expect(await refusal(users.decode(frame(id)))).toBe('unavailable');
    await expect(messages.encode(note)).rejects.toMatchObject({ retryable: true });
    await fake.restart();
    expect(await messages.decode(await messages.encode(note))).toEqual(note);
    expect(
      await users.decode(written(id, withRegion({ default: 'eu' }), { ...alice, region: 'us' })),
    ).toEqual(alice);
    expect(await users.decode(bytes)).toEqual(alice);
  });
});

describe('registering all schemas at start', () => {
  it('needs no registry for what is written then', async () => {
    const fake = await startFakeRegistry();
    const logger = { error: vi.fn(), warn: vi.fn() };
    const { codecs, registerAll } = createRegistryCodecs({ url: fake.url, logger });
    await registerAll();
    expect(logger.warn).not.toHaveBeenCalled();
    expect([...fake.levels.keys()].toSorted()).toEqual([
      'chat.key-log-value',
      'chat.presence-value',
      'chat.sessions-value',
      'chat.signatures-value',
      'chat.usage-value',
      'chat.users-value',
      'user_keys-value',
      'user_queue-value',
    ]);
    await fake.stop();
    expect(await codecs.user.decode(await codecs.user.encode(alice))).toEqual(alice);
  });

  it('is logged where it fails, stops nothing, and is made up for by what is written first', async () => {
    const fake = await startFakeRegistry();
    const logger = { error: vi.fn(), warn: vi.fn() };
    const { codecs, registerAll } = createRegistryCodecs({ url: fake.url, logger });
    fake.misbehave(answering(500, 'null'));
    await registerAll();
    expect(logger.warn).toHaveBeenCalledTimes(8);
    fake.recover();
    expect(await codecs.user.decode(await codecs.user.encode(alice))).toEqual(alice);
  });
});
