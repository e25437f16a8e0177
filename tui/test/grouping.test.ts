import { describe, expect, it } from 'vitest';
import { cellAt } from '../src/terminal/cells.ts';
import type { ChatScreen } from '../src/ui/chat-view.ts';
import { drawChat } from '../src/ui/chat-view.ts';
import type { Message } from '../src/ui/state.ts';
import { createTimes } from '../src/ui/times.ts';
import { chatScreen, chatState, message, NOW } from './chat-fixture.ts';
import { drawing, drawn } from './screen.ts';
import { onChat } from './stage.ts';

const MINUTE = 60_000;

const show = (messages: readonly Message[], part: Partial<ChatScreen> = {}) =>
  drawn(80, 24, (grid) => drawChat(grid, chatScreen(chatState({ messages }), part), createTimes('UTC'), NOW));
const rowsOf = (messages: readonly Message[], part: Partial<ChatScreen> = {}): string[] =>
  show(messages, part)
    .lines.slice(1, 21)
    .map((line) => line.slice(22))
    .filter((line) => line !== '');

describe('messages of one sender', () => {
  it('have the name once, and each minute once, until five minutes passed', () => {
    const at = (minutes: number) => NOW + minutes * MINUTE;
    expect(
      rowsOf([
        message({ id: 1, text: 'one' }),
        message({ id: 2, text: 'two' }),
        message({ id: 3, text: 'three', at: at(5) }),
        message({ id: 4, text: 'four', at: at(10) + 1 }),
        message({ id: 5, text: 'five', sender: 'alice', state: 'sent', at: at(10) }),
        message({ id: 6, text: 'six', at: at(10) }),
      ]),
    ).toEqual(
      drawing(`
── Tuesday 4 March 2025 ──────────────────────────────────
10:01 bob    one
             two
10:06        three
10:11 bob    four
10:11 alice  five                                   sent ✓
10:11 bob    six
`),
    );
  });

  it('have it anew behind a note, a new day, and the line above what is unread', () => {
    const two = [message({ id: 1, text: 'one' }), message({ id: 3, text: 'two' })] as const;
    const note = message({ id: 2, text: 'A note.', state: 'note' });
    expect(rowsOf([two[0], note, two[1]])).toContain('10:01 bob    two');
    expect(rowsOf(two, { unreadLine: { id: 3, count: 1 } }).slice(2)).toEqual(
      drawing(`
── 1 new ─────────────────────────────────────────────────
10:01 bob    two
`),
    );
    const midnight = Date.UTC(2025, 2, 5);
    expect(
      rowsOf([
        { ...two[0], at: midnight - 1 },
        { ...two[1], at: midnight },
      ]).slice(2),
    ).toEqual(
      drawing(`
── Wednesday 5 March 2025 ────────────────────────────────
00:00 bob    two
`),
    );
  });

  it('have it again, with a mark and a ground of its own, where one is picked', () => {
    const { grid, lines } = show([message({ id: 1, text: 'one' }), message({ id: 2, text: 'two\nrows' })], {
      picked: 2,
    });
    expect(lines.slice(19, 21).map((line) => line.slice(22))).toEqual([
      '10:01▸bob    two',
      '             rows',
    ]);
    for (const y of [19, 20])
      for (const x of [22, 35, 79]) expect(cellAt(grid, x, y).look).toMatch(/^selection/);
  });
});

describe('the words beside the marks of own messages', () => {
  it('stand where the next one is in another state', () => {
    const own = (id: number, state: Message['state']) =>
      message({ id, sender: 'alice', text: `${id}`, state });
    const rows = rowsOf([
      own(1, 'read'),
      message({ id: 2 }),
      own(3, 'read'),
      own(4, 'delivered'),
      own(5, 'delivered'),
    ]);
    expect(rows.slice(1).map((row) => row.replace(/ {2,}/g, ' '))).toEqual([
      '10:01 alice 1 ✓✓✓',
      '10:01 bob hello',
      '10:01 alice 3 read ✓✓✓',
      ' 4 ✓✓',
      ' 5 delivered ✓✓',
    ]);
  });
});

describe('an emote', () => {
  it('is a sentence about its sender', () => {
    expect(
      rowsOf([
        message({ id: 1, text: '/me waves, and has much more to say than fits into one of these rows' }),
        message({ id: 2, sender: 'alice', text: '/me nods', state: 'sent' }),
        message({ id: 3, text: '/me', at: NOW + MINUTE }),
      ]).slice(1),
    ).toEqual(
      drawing(`
10:01      * bob waves, and has much more to say than fits
             into one of these rows
10:01      * alice nods                             sent ✓
10:02 bob    /me
`),
    );
  });

  it('ends a group: what the same person says next has the name again', () => {
    expect(
      rowsOf([
        message({ id: 1, text: 'one' }),
        message({ id: 2, text: '/me waves' }),
        message({ id: 3, text: 'two' }),
        message({ id: 4, text: 'three' }),
      ]).slice(1),
    ).toEqual(
      drawing(`
10:01 bob    one
           * bob waves
10:01 bob    two
             three
`),
    );
  });

  it('is written with /me, and is being written to the contact meanwhile', () => {
    const { tty, intents, typing } = onChat();
    tty.type('/me waves\r');
    expect(intents).toEqual([{ kind: 'send', contact: 'bob', text: '/me waves' }]);
    expect(typing).toContainEqual(['bob', true]);
  });
});
