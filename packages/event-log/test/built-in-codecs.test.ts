import { createHash } from 'node:crypto';
import type { Codec } from '@secure-chat/wire/events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_SCHEMAS, createBuiltInCodecs } from '../src/codecs/built-in-codecs.ts';
import { VALUE_MAX } from '../src/limits.ts';
import { ANY, KINDS } from './record-values.ts';

const codecs = createBuiltInCodecs();

/** Encodes, decodes, and compares: generic, so that each codec gets records of its own. */
async function comesBack<T>(codec: Codec<T>, any: fc.Arbitrary<T>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(any, async (record) => {
      expect(await codec.decode(await codec.encode(record))).toEqual({ ...record });
    }),
  );
}

describe('a record', () => {
  it('comes back as it was encoded, whatever its text holds', async () => {
    await comesBack(codecs.user, ANY.user);
    await comesBack(codecs.session, ANY.session);
    await comesBack(codecs.presence, ANY.presence);
    await comesBack(codecs.keyLog, ANY.keyLog);
    await comesBack(codecs.message, ANY.message);
    await comesBack(codecs.key, ANY.key);
    await comesBack(codecs.signatures, ANY.signatures);
    await comesBack(codecs.usage, ANY.usage);
  });

  it('is a zero, the number of its schema in four bytes, and the Avro body', async () => {
    const record = { id: 'id', sender: 'alice', message: 'é', sentAt: 300, trace: 'T' };
    const bytes = await codecs.message.encode(record);
    expect(Buffer.from(bytes).toString('hex')).toBe('0000000009046964' + '0a616c69636504c3a9d804' + '0254');
    expect(await codecs.message.decode(bytes)).toEqual(record);
  });

  it('of before records said what wrote them is read as one that does not say', async () => {
    const bytes = Buffer.from('0000000004046964' + '0a616c69636504c3a9d804', 'hex');
    const record = { id: 'id', sender: 'alice', message: 'é', sentAt: 300, trace: '' };
    expect(await codecs.message.decode(bytes)).toEqual(record);
    const { trace, ...untraced } = record;
    expect(await codecs.message.decode(await codecs.message.encode(untraced))).toEqual({
      ...untraced,
      trace,
    });
  });

  it('is read where it stands in a larger buffer', async () => {
    const record = { username: 'alice', online: true, at: 7 };
    const framed = Buffer.concat([
      Buffer.from('xx'),
      await codecs.presence.encode(record),
      Buffer.from('yy'),
    ]);
    expect(await codecs.presence.decode(framed.subarray(2, -2))).toEqual(record);
  });

  it('does not decode with a byte too few or too many, another first byte, or another number', async () => {
    const bytes = Buffer.from(
      await codecs.message.encode({ id: 'id', sender: 'alice', message: 'm', sentAt: 300 }),
    );
    const decode = (value: Uint8Array) => codecs.message.decode(value);
    expect(await decode(bytes)).not.toBeNull();
    for (let length = 0; length < bytes.length; length += 1) {
      expect(await decode(bytes.subarray(0, length))).toBeNull();
    }
    expect(await decode(Buffer.concat([bytes, Buffer.from([0])]))).toBeNull();
    for (const [at, value] of [
      [0, 1],
      [1, 0xff],
      [4, 3],
      [4, 99],
    ] as const) {
      const spoilt = Buffer.from(bytes);
      spoilt[at] = value;
      expect(await decode(spoilt)).toBeNull();
    }
  });

  it('does not decode with a number that JavaScript cannot hold, or a text longer than the record', async () => {
    const header = [0, 0, 0, 0, 3, 0, 1];
    const tooLarge = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01];
    expect(await codecs.presence.decode(Buffer.from([...header, 2]))).toEqual({
      username: '',
      online: true,
      at: 1,
    });
    expect(await codecs.presence.decode(Buffer.from([...header, ...tooLarge]))).toBeNull();
    expect(await codecs.presence.decode(Buffer.from([0, 0, 0, 0, 3, ...tooLarge, 1, 2]))).toBeNull();
  });

  it('does not decode when it is larger than a value may be', async () => {
    const sized = async (message: string) =>
      codecs.message.encode({ id: '', sender: '', message, sentAt: 0 });
    const around = (await sized('x'.repeat(VALUE_MAX / 2))).byteLength - VALUE_MAX / 2;
    const largest = await sized('x'.repeat(VALUE_MAX - around));
    expect(largest.byteLength).toBe(VALUE_MAX);
    expect(await codecs.message.decode(largest)).not.toBeNull();
    expect(await codecs.message.decode(await sized('x'.repeat(VALUE_MAX - around + 1)))).toBeNull();
  });
});

describe.each(KINDS)('the %s codec', (kind) => {
  const codec = codecs[kind];

  it('gives null for bytes that are not such a record, and never throws', async () => {
    const bodies = fc.tuple(fc.nat(7), fc.uint8Array({ maxLength: 40 }));
    const framed = bodies.map(([id, body]) => Buffer.from([0, 0, 0, 0, id, ...body]));
    const decodes = async (bytes: Uint8Array) => {
      const record = await codec.decode(bytes);
      expect(record === null || typeof record === 'object').toBe(true);
    };
    await fc.assert(fc.asyncProperty(framed, decodes), { numRuns: 1_000 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async (bytes) => {
        fc.pre(bytes[0] !== 0);
        expect(await codec.decode(bytes)).toBeNull();
      }),
    );
  });

  it('gives null for the records of the others', async () => {
    const records = {
      user: await codecs.user.encode({ username: 'a', publicKey: 'k', registeredAt: 1 }),
      session: await codecs.session.encode({ sessionId: 's', username: 'a', sealedKey: 'k', openedAt: 1 }),
      presence: await codecs.presence.encode({ username: 'a', online: true, at: 1 }),
      keyLog: await codecs.keyLog.encode({
        index: 0,
        username: 'a',
        kind: 'k',
        content: 'c',
        at: 1,
        hash: 'h',
        bundle: '',
      }),
      message: await codecs.message.encode({ id: 'i', sender: 'a', message: 'm', sentAt: 1 }),
      key: await codecs.key.encode({ id: 'i', sender: 'a', encryptedKey: 'k', sentAt: 1 }),
      signatures: await codecs.signatures.encode({ gateway: 'g', entries: 'e' }),
      usage: await codecs.usage.encode({ gateway: 'g', at: 1, uses: '[]' }),
    };
    const readable: string[] = [];
    for (const [of, bytes] of Object.entries(records)) if (await codec.decode(bytes)) readable.push(of);
    expect(readable).toEqual([kind]);
  });

  it('reads no JSON but that of its own records', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (json) => {
        expect(await codec.decode(Buffer.from(json))).toBeNull();
      }),
      { examples: [['null'], ['[]'], ['{}'], ['"text"']] },
    );
  });
});

describe('what was written as JSON, before Avro', () => {
  const json = (record: object) => Buffer.from(JSON.stringify(record));

  it('is read, and is written as Avro from then on', async () => {
    await fc.assert(
      fc.asyncProperty(ANY.message, async (record) => {
        const read = await codecs.message.decode(json(record));
        expect(read).toEqual({ ...record });
        expect((await codecs.message.encode(record))[0]).toBe(0);
      }),
    );
    const user = { username: 'alice', publicKey: 'PEM', registeredAt: 1 };
    expect(await codecs.user.decode(json(user))).toEqual(user);
  });

  it.each([{ sentAt: 1.5 }, { sentAt: '1' }, { message: null }, { sender: undefined }])(
    'is refused with one member wrong: %j',
    async (wrong) => {
      const sound = { id: 'i', sender: 'alice', message: 'm', sentAt: 1 };
      expect(await codecs.message.decode(json(sound))).toEqual(sound);
      expect(await codecs.message.decode(json({ ...sound, ...wrong }))).toBeNull();
    },
  );
});

it('the built-in schemas are those that data folders were written with', () => {
  // A line that fails here means: append the new schema, and leave the old one in the list as it was.
  const fingerprints = BUILT_IN_SCHEMAS.map(({ id, subject, schema }) => [
    id,
    subject,
    createHash('sha256').update(JSON.stringify(schema)).digest('hex').slice(0, 12),
  ]);
  expect(fingerprints).toEqual([
    [1, 'chat.users-value', 'c4762d30e72b'],
    [2, 'chat.sessions-value', 'c21af1161a74'],
    [3, 'chat.presence-value', '98eac7dfc1d4'],
    [4, 'user_queue-value', '949d27f7e3a7'],
    [5, 'user_keys-value', 'd2450a93702e'],
    [6, 'chat.key-log-value', '6c921d94d40d'],
    [7, 'chat.sessions-value', 'cc66271f729f'],
    [8, 'chat.signatures-value', '3da94985c6c1'],
    [9, 'user_queue-value', '797d774ab918'],
    [10, 'user_keys-value', '4b7609e3f3d1'],
    [11, 'chat.users-value', '288841017eb8'],
    [12, 'chat.usage-value', '49569d3806f8'],
  ]);
});
