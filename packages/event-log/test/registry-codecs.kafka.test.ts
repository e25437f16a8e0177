import { randomUUID } from 'node:crypto';
import { SchemaRegistry as StockClient } from '@kafkajs/confluent-schema-registry';
import { type AvroRecord, RECORDS } from '@secure-chat/wire/events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { brokerUnderTest } from '../../../test/kafka/broker-under-test.ts';
import { startRegistry } from '../../../tools/kafka/registry.ts';
import { createAvroCodec } from '../src/codecs/avro-codec.ts';
import { createRegistryCodecs, createRegistryIds } from '../src/codecs/registry-codecs.ts';
import { createSchemaRegistry } from '../src/codecs/schema-registry.ts';
import { refusal } from '../src/contract/values.ts';

const { schemaRegistryUrl: url } = brokerUnderTest();
const alice = { username: 'alice', publicKey: 'PEM', registeredAt: 7, deletedAt: 0 };
const note = { id: 'i', sender: 'alice', message: 'é', sentAt: 300, trace: '' };

const logger = () => ({ error: vi.fn(), warn: vi.fn() });
const ownIds = () => createRegistryIds(createSchemaRegistry({ url }));
/** Users under a subject that no other test has. */
const someUsers =
  (...added: AvroRecord['fields']) =>
  (subject: string) => ({
    ...RECORDS.user,
    subject,
    schema: { ...RECORDS.user.schema, fields: [...RECORDS.user.schema.fields, ...added] },
  });
const today = someUsers();
const later = someUsers({ name: 'region', type: 'string', default: 'eu' });
const incompatible = someUsers({ name: 'region', type: 'string' });

describe('with a real registry', () => {
  it('all schemas are registered, BACKWARD asked for, and processes that do it at once get the same ids', async () => {
    const said = logger();
    const processes = Array.from({ length: 6 }, () => createRegistryCodecs({ url, logger: said }));
    await Promise.all(processes.map(({ registerAll }) => registerAll()));
    expect(said.warn).not.toHaveBeenCalled();
    for (const { subject } of Object.values(RECORDS)) {
      const level: unknown = await (await fetch(`${url}/config/${subject}`)).json();
      expect(level).toEqual({ compatibilityLevel: 'BACKWARD' });
    }
    const written = await Promise.all(processes.map(({ codecs }) => codecs.message.encode(note)));
    expect(new Set(written.map((bytes) => Buffer.from(bytes).toString('hex'))).size).toBe(1);
    for (const { codecs } of processes)
      expect(await codecs.message.decode(written[0] ?? new Uint8Array())).toEqual(note);
  });

  it('the stock client reads what we write, and the reverse', async () => {
    const stock = new StockClient({ host: url });
    const { codecs } = createRegistryCodecs({ url, logger: logger() });
    const bytes = Buffer.from(await codecs.message.encode(note));
    expect(await stock.decode(bytes)).toEqual(note);
    const { message } = RECORDS;
    const { id } = await stock.register(message.schema, { subject: message.subject });
    expect(await codecs.message.decode(await stock.encode(id, note))).toEqual(note);
    expect(await stock.encode(id, note)).toEqual(bytes);
  });

  it('a newer schema is read by today’s code, and today’s by the newer', async () => {
    const subject = `${randomUUID()}-value`;
    const old = createAvroCodec(today(subject), ownIds());
    const written = await old.encode(alice);
    const newer = createAvroCodec(later(subject), ownIds());
    expect(await newer.decode(written)).toEqual({ ...alice, region: 'eu' });
    const user = { ...alice, region: 'us' };
    expect(await old.decode(await newer.encode(user))).toEqual(alice);
    // As after a roll-back: what the registry has is taken up again.
    const rolledBack = createAvroCodec(today(subject), ownIds());
    expect(await rolledBack.encode(alice)).toEqual(written);
  });

  it('a schema that cannot read what was written is refused', async () => {
    const subject = `${randomUUID()}-value`;
    await createAvroCodec(today(subject), ownIds()).encode(alice);
    await expect(createAvroCodec(incompatible(subject), ownIds()).encode({ ...alice })).rejects.toMatchObject(
      { code: 'unavailable', message: expect.stringContaining('refuses to register') },
    );
  });

  it('an id of another subject, or of none, is no record; nor is a registry’s answer to it an error', async () => {
    const { codecs } = createRegistryCodecs({ url, logger: logger() });
    const bytes = Buffer.from(await codecs.message.encode(note));
    expect(await codecs.key.decode(bytes)).toBeNull();
    for (const id of [999_999, 0x7fff_ffff]) {
      bytes.writeUInt32BE(id, 1);
      expect(await codecs.message.decode(bytes)).toBeNull();
    }
  });

  it('that is killed, known schemas go on, others are unavailable, and succeed when it is back', async () => {
    const registry = await startRegistry();
    onTestFinished(() => registry.stop());
    const { codecs } = createRegistryCodecs({ url: registry.url, logger: logger() });
    const other = createRegistryCodecs({ url: registry.url, logger: logger() });
    const bytes = await codecs.message.encode(note);
    await registry.kill();
    expect(await codecs.message.decode(await codecs.message.encode(note))).toEqual(note);
    expect(await refusal(codecs.user.encode(alice))).toBe('unavailable');
    expect(await refusal(other.codecs.message.decode(bytes))).toBe('unavailable');
    await registry.restart();
    expect(await codecs.user.decode(await codecs.user.encode(alice))).toEqual(alice);
    expect(await other.codecs.message.decode(bytes)).toEqual(note);
  });

  it('that hangs, what needs it is unavailable in less than the patience of a v1 client', async () => {
    const registry = await startRegistry();
    onTestFinished(() => registry.stop());
    const { codecs } = createRegistryCodecs({ url: registry.url, logger: logger() });
    registry.pause();
    const begun = performance.now();
    expect(await refusal(codecs.user.encode(alice))).toBe('unavailable');
    expect(performance.now() - begun).toBeLessThan(5_000);
    registry.resume();
    expect(await codecs.user.decode(await codecs.user.encode(alice))).toEqual(alice);
  });
});
