import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventStreamParser, EventTooLargeError, encodeEvent, HEARTBEAT } from '../src/event-stream.ts';
import { STREAM_EVENT_MAX } from '../src/limits.ts';
import { encodeStreamEvent, isStreamEventName } from '../src/stream-events.ts';

const parse = (text: string) => createEventStreamParser().push(Buffer.from(text));

/** The events of these bytes, handed over in pieces of such sizes, again and again. */
function parseInPieces(bytes: Uint8Array, sizes: readonly number[]) {
  const parser = createEventStreamParser();
  const events = [];
  for (let start = 0, turn = 0; start < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    events.push(...parser.push(bytes.subarray(start, start + size)));
    start += size;
  }
  return events;
}

describe('a parser of server-sent events', () => {
  it('reads what was encoded, wherever the chunks begin and end', () => {
    const event = fc.record({
      name: fc.constantFrom('message', 'key', 'bye'),
      data: fc.record({ text: fc.string({ unit: 'binary' }) }),
      id: fc.option(fc.constantFrom('0.0', 'a.1z'), { nil: undefined }),
    });
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(event), sizes, (events, pieces) => {
        const text = events.map(({ name, data, id }) => HEARTBEAT + encodeEvent(name, data, id)).join('');
        let lastEventId = '';
        const expected = events.map(({ name, data, id }) => {
          lastEventId = id ?? lastEventId;
          return { event: name, data: JSON.stringify(data), lastEventId };
        });
        expect(parseInPieces(Buffer.from(text), pieces)).toEqual(expected);
      }),
      { seed: 6 },
    );
  });

  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('takes %s as the end of a line, in pieces of any size', (_, end) => {
    const bytes = Buffer.from(
      ['event: a', 'id: 1', 'data: x', 'data:', 'data: y', '', 'data: z', '', ''].join(end),
    );
    for (let size = 1; size <= bytes.length; size++)
      expect(parseInPieces(bytes, [size])).toEqual([
        { event: 'a', data: 'x\n\ny', lastEventId: '1' },
        { event: 'message', data: 'z', lastEventId: '1' },
      ]);
  });

  it.each([
    ['a comment', ': hello\n\n', []],
    ['an event without data', 'event: a\nid: 7\n\n', []],
    ['fields that it does not know, and retry', 'retry: 10\nfoo: bar\ndata: x\n\n', ['x']],
    ['a field without a colon', 'data\ndata\n\n', ['\n']],
    ['one space after the colon, and no more', 'data:  x\n\ndata:x\n\n', [' x', 'x']],
    ['a byte order mark', '\ufeffdata: x\n\n', ['x']],
    ['an event that is not finished', 'data: x\n', []],
  ])('understands %s', (_, text, data) => {
    expect(parse(text).map((event) => event.data)).toEqual(data);
  });

  it('keeps an id until there is another one, and takes none with a NUL in it', () => {
    const ids = parse('id: 1\ndata: a\n\ndata: b\n\nid: 2\0\ndata: c\n\nid\ndata: d\n\n');
    expect(ids.map((event) => event.lastEventId)).toEqual(['1', '1', '1', '']);
  });

  it('refuses an event that is too large, in one piece or in many, and one that never ends', () => {
    const head = 'data: ';
    const fitting = `${head}${'x'.repeat(STREAM_EVENT_MAX - head.length)}`;
    expect(parse(`${fitting}\n\n`)).toHaveLength(1);
    expect(() => parse(`${fitting}x\n\n`)).toThrow(EventTooLargeError);
    expect(() => parse(`${fitting}x`)).toThrow(EventTooLargeError);
    expect(() => parse(`${fitting}\ndata: x\n\n`)).toThrow(EventTooLargeError);
    expect(() => parseInPieces(Buffer.from(`:${fitting}`), [1_000])).toThrow(EventTooLargeError);
    expect(() => parse('data:\n'.repeat(STREAM_EVENT_MAX))).toThrow(EventTooLargeError);
  });

  it('takes any number of events that are not', () => {
    expect(parse('data: x\n\n'.repeat(STREAM_EVENT_MAX))).toHaveLength(STREAM_EVENT_MAX);
  });
});

describe('the events of the stream', () => {
  it('are lines of event, id and JSON', () => {
    expect(encodeStreamEvent('presence', { username: 'bob', online: true })).toBe(
      'event: presence\ndata: {"username":"bob","online":true}\n\n',
    );
    expect(encodeStreamEvent('live', {}, '3.a')).toBe('event: live\nid: 3.a\ndata: {}\n\n');
  });

  it('are known by name', () => {
    expect(['message', 'key', 'live', 'presence', 'ephemeral', 'bye'].every(isStreamEventName)).toBe(true);
    expect(['', 'toString', 'Bye'].some(isStreamEventName)).toBe(false);
  });
});
