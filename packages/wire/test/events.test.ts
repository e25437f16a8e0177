import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as events from '../src/events.ts';

const text = fc.string({ unit: 'binary' });
const moment = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const user = fc.record({ username: text, publicKey: text, registeredAt: moment });
const message = fc.record({ id: text, sender: text, message: text, sentAt: moment });

const CODECS = {
  user: events.userCodec,
  session: events.sessionCodec,
  presence: events.presenceCodec,
  message: events.messageCodec,
  key: events.keyCodec,
};

describe('records', () => {
  it('come back as they were encoded, whatever their text holds', () => {
    fc.assert(
      fc.property(user, message, (someUser, someMessage) => {
        expect(events.userCodec.decode(events.userCodec.encode(someUser))).toEqual({ ...someUser });
        expect(events.messageCodec.decode(events.messageCodec.encode(someMessage))).toEqual({
          ...someMessage,
        });
      }),
    );
  });

  it('are read where they stand in a larger buffer', () => {
    const record = { username: 'alice', online: true, at: 7 };
    const framed = Buffer.concat([Buffer.from('xx'), events.presenceCodec.encode(record), Buffer.from('yy')]);
    expect(events.presenceCodec.decode(framed.subarray(2, -2))).toEqual(record);
  });
});

describe.each(Object.entries(CODECS))('the %s codec', (name, codec) => {
  it('gives null for bytes that are not such a record, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(codec.decode(bytes)).toBeNull();
      }),
    );
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(codec.decode(Buffer.from(json))).toBeNull();
      }),
      { examples: [['null'], ['[]'], ['{}'], ['"text"']] },
    );
  });

  it('gives null for the records of the others', () => {
    const records = {
      user: events.userCodec.encode({ username: 'a', publicKey: 'k', registeredAt: 1 }),
      session: events.sessionCodec.encode({ sessionId: 's', username: 'a', sealedKey: 'k', openedAt: 1 }),
      presence: events.presenceCodec.encode({ username: 'a', online: true, at: 1 }),
      message: events.messageCodec.encode({ id: 'i', sender: 'a', message: 'm', sentAt: 1 }),
      key: events.keyCodec.encode({ id: 'i', sender: 'a', encryptedKey: 'k', sentAt: 1 }),
    };
    const readable = Object.entries(records).filter(([, bytes]) => codec.decode(bytes) !== null);
    expect(readable.map(([kind]) => kind)).toEqual([name]);
  });
});

describe('a record with one member wrong', () => {
  const sound = { id: 'i', sender: 'alice', message: 'm', sentAt: 1 };
  it.each([
    { ...sound, sentAt: 1.5 },
    { ...sound, sentAt: '1' },
    { ...sound, message: null },
    { ...sound, sender: undefined },
  ])('is null: %j', (record) => {
    expect(events.messageCodec.decode(Buffer.from(JSON.stringify(record)))).toBeNull();
  });

  it('may have members that this version does not know', () => {
    const bytes = Buffer.from(JSON.stringify({ ...sound, later: true }));
    expect(events.messageCodec.decode(bytes)).toMatchObject(sound);
  });
});
