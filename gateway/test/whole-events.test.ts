import { createEventStreamParser, HEARTBEAT } from '@secure-chat/wire/event-stream';
import { STREAM_EVENT_MAX } from '@secure-chat/wire/limits';
import { encodeStreamEvent } from '@secure-chat/wire/stream-events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWholeEvents } from '../src/whole-events.ts';

describe('a stream from a relay', () => {
  it('is cut behind its events, so that another one can stand between any two, wherever the chunks end', () => {
    const names = fc.array(fc.string({ unit: 'binary' }), { maxLength: 8 });
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 });
    fc.assert(
      fc.property(names, sizes, (bodies, pieces) => {
        const events = bodies.map((body) =>
          encodeStreamEvent('ephemeral', { sender: 'a', body, timestamp: '' }),
        );
        const bytes = Buffer.from(HEARTBEAT + events.join(''));
        const whole = createWholeEvents();
        const parser = createEventStreamParser();
        const bye = Buffer.from(encodeStreamEvent('bye', { reason: 'drain', retry_ms: 0 }));
        const passed: Buffer[] = [];
        for (let start = 0, turn = 0; start < bytes.length; turn++) {
          const size = pieces[turn % pieces.length] ?? 1;
          const part = whole.push(bytes.subarray(start, start + size));
          if (part) {
            passed.push(part);
            // Whatever was passed on, a bye would be an event of its own.
            const parsed = parser.push(Buffer.concat([part, bye]));
            expect(parsed.at(-1)?.event).toBe('bye');
          }
          start += size;
        }
        expect(Buffer.concat(passed)).toEqual(bytes);
      }),
      { seed: 6, numRuns: 30 },
    );
  });

  it('is refused when an event never ends', () => {
    const whole = createWholeEvents();
    const chunk = Buffer.alloc(STREAM_EVENT_MAX, 'x');
    expect(whole.push(chunk)).toHaveLength(0);
    expect(whole.push(chunk)).toHaveLength(0);
    expect(whole.push(chunk)).toHaveLength(0);
    expect(whole.push(Buffer.from('x'))).toBeNull();
  });
});
