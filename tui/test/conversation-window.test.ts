import type { MessageRange } from '@secure-chat/client/chat';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOADED_MAX, openConversation, PAGE } from '../src/app/conversation-window.ts';
import { clientMessage, createFakeClient } from './fake-client.ts';

const MANY = 100_000;

/** A conversation of messages 1 to `count`, read by ranges of ids. */
const open = (count: number) => {
  const reads: MessageRange[] = [];
  const all = Array.from({ length: count }, (_, index) => clientMessage({ id: index + 1 }));
  const { client } = createFakeClient();
  const conversation = openConversation(
    {
      ...client,
      messages: (_, range) => {
        reads.push(range);
        if ('after' in range) return all.slice(range.after, range.after + range.limit);
        const before = Math.min(range.before ?? Number.MAX_SAFE_INTEGER, all.length + 1);
        return all.slice(Math.max(0, before - 1 - range.limit), before - 1);
      },
    },
    'bob',
  );
  const ids = (): number[] => conversation.messages().map(({ id }) => id);
  return { conversation, reads, all, ids };
};

describe('a conversation of 100,000 messages', () => {
  it('is gone through to its first message and back, a page at a time, and what is far away is let go', () => {
    const { conversation, reads, ids } = open(MANY);
    let most = 0;
    let first = MANY + 1;
    while (conversation.hasOlder()) {
      conversation.loadOlder();
      most = Math.max(most, ids().length);
      // Whatever is above follows on what was there.
      expect(ids()).toContain(Math.max(1, first - 1));
      first = ids()[0] ?? 0;
    }
    expect([first, conversation.hasNewer()]).toEqual([1, true]);
    while (conversation.hasNewer()) conversation.loadNewer();
    expect(ids().at(-1)).toBe(MANY);
    expect(most).toBe(LOADED_MAX);
    expect(Math.max(...reads.map(({ limit }) => limit))).toBe(PAGE);
    // As many as there are pages, each way, and one more where a full page was the last.
    expect(reads.length).toBeLessThanOrEqual((2 * MANY) / PAGE + 3);
  });

  it('shows its first and its last message, and any other one, after a read or three', () => {
    const { conversation, reads, ids } = open(MANY);
    reads.length = 0;
    conversation.loadOldest();
    expect([ids()[0], conversation.hasOlder(), conversation.hasNewer()]).toEqual([1, false, true]);
    conversation.loadNewest();
    expect([ids().at(-1), conversation.hasOlder(), conversation.hasNewer()]).toEqual([MANY, true, false]);
    expect(reads).toHaveLength(2);
    conversation.loadTo(50_000);
    expect(reads).toHaveLength(4);
    expect(ids()).toHaveLength(PAGE);
    expect(ids().indexOf(50_000)).toBe(PAGE / 2 - 1);
    conversation.loadTo(50_010);
    expect(reads).toHaveLength(4);
  });

  it('takes what comes at its end alone, and lets go of what is far above', () => {
    const { conversation, ids } = open(MANY);
    for (let id = MANY + 1; id <= MANY + 5_000; id += 1) conversation.put(clientMessage({ id }));
    expect([ids().length, ids().at(-1), conversation.hasOlder()]).toEqual([LOADED_MAX, MANY + 5_000, true]);
  });

  it('lets go of nothing that is read, whatever comes', () => {
    const { conversation, ids } = open(MANY);
    for (let page = 0; page < 3; page += 1) conversation.loadOlder();
    const [top] = ids();
    for (let id = MANY + 1; id <= MANY + 5_000; id += 1) conversation.put(clientMessage({ id }));
    expect([ids()[0], ids().length, conversation.hasNewer()]).toEqual([top, LOADED_MAX, true]);
    conversation.put(clientMessage({ id: MANY + 6_000 }));
    expect(ids().at(-1)).toBeLessThan(MANY + 5_000);
  });
});

it('is a part of the conversation without a gap, whatever is loaded, comes, and is deleted', () => {
  const step = fc.oneof(
    fc
      .constantFrom('loadOlder', 'loadNewer', 'loadOldest', 'loadNewest', 'reload', 'arrive')
      .map((act) => ({ act })),
    fc.nat(3_000).map((id) => ({ to: id })),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2_500 }), fc.array(step, { maxLength: 40 }), (count, steps) => {
      const { conversation, all, ids } = open(count);
      for (const each of steps) {
        if ('to' in each) {
          conversation.loadTo(each.to);
          if (each.to >= 1 && each.to <= all.length) expect(ids()).toContain(each.to);
        } else if (each.act === 'arrive') {
          const message = clientMessage({ id: all.length + 1 });
          all.push(message);
          conversation.put(message);
        } else conversation[each.act as 'loadOlder']();
        const shown = ids();
        const [first = 1] = shown;
        expect(shown).toEqual(shown.map((_, index) => first + index));
        expect(shown.length).toBeLessThanOrEqual(LOADED_MAX);
        // Where it says that nothing more is there, nothing is.
        if (!conversation.hasOlder()) expect(first).toBe(1);
        if (!conversation.hasNewer()) expect(shown.at(-1) ?? 0).toBe(all.length);
      }
    }),
    { numRuns: 200 },
  );
});
