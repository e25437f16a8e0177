import { describe, expect, it } from 'vitest';
import { cellAt, type Grid } from '../src/terminal/cells.ts';
import { drawChat } from '../src/ui/chat-view.ts';
import type { Scroll } from '../src/ui/conversation.ts';
import type { ChatState, Message, MessageState } from '../src/ui/state.ts';
import { createTimes } from '../src/ui/times.ts';
import { chatScreen, chatState, message, NOW } from './chat-fixture.ts';
import { drawing, drawn } from './screen.ts';

const DAY = 86_400_000;
const OFFLINE = { kind: 'offline' as const, retryAt: NOW, reason: 'No answer.' };

const show = (width: number, height: number, part: Partial<ChatState>, scroll: Scroll | null = null) => {
  const screen = chatScreen(chatState(part), { scroll });
  return drawn(width, height, (grid) => drawChat(grid, screen, createTimes('UTC'), NOW));
};

/** Rows of the conversation at 80x24 that are not empty, without the pane. */
const rowsOf = (messages: readonly Message[], scroll: Scroll | null = null): string[] =>
  show(80, 24, { messages }, scroll)
    .lines.slice(1, 21)
    .map((line) => line.slice(22))
    .filter((line) => line !== '');

const OWN: readonly MessageState[] = ['read', 'delivered', 'sent', 'queued', 'failed'];
const own = OWN.map((state, id) =>
  message({ id, sender: 'alice', text: `number ${id}`, state, failure: 'Too long.' }),
);
const missing = (id: number, count = 1): Message =>
  message({ id, text: '', state: 'missing', at: NOW + DAY, count });

describe('states of own messages', () => {
  it('say of what waits why the server does not take it', () => {
    const waiting = 'The mailbox of bob is full: again in 30 s.';
    expect(rowsOf([message({ sender: 'alice', state: 'queued', waiting })]).slice(-2)).toEqual([
      expect.stringMatching(/ hello +queued …$/),
      `             ${waiting}`,
    ]);
  });

  it('are said by word and mark at the right end', () => {
    expect(rowsOf(own)).toEqual(
      drawing(`
── Tuesday 4 March 2025 ──────────────────────────────────
10:01 alice  number 0                             read ✓✓✓
             number 1                         delivered ✓✓
             number 2                               sent ✓
             number 3                             queued …
             number 4                             failed ✗
             not sent: Too long.
`),
    );
  });

  it('are told apart in a narrow window without colours too', () => {
    expect(show(40, 12, { messages: own }).lines.slice(3, 9)).toEqual(
      drawing(`
10:01 alice  number 0                ✓✓✓
             number 1                 ✓✓
             number 2                  ✓
             number 3                  …
             number 4                  ✗
             not sent: Too long.
`),
    );
  });

  it('waits in place of being queued while the connection is away, and nothing else does', () => {
    const lines = show(80, 24, { messages: own, connection: OFFLINE }).lines.join('\n');
    expect(lines).toMatch(/number 3 +waiting …\n/);
    expect(lines).not.toContain('queued');
    expect(lines.match(/waiting/g)).toHaveLength(1);
  });

  it('draws what was read in another role than what was delivered', () => {
    const { grid, lines } = show(80, 24, { messages: own });
    const styleOf = (word: string) => {
      const y = lines.findIndex((line) => line.includes(` ${word} `));
      return cellAt(grid, lines[y]?.indexOf(word) ?? 0, y).look;
    };
    expect(styleOf('read')).toBe('read');
    expect(styleOf('delivered')).toBe('delivered');
  });

  it.each([40, 80])('stand in the last columns beside a long text, in %i cells', (width) => {
    const text = 'abc '.repeat(12).trim();
    const { lines } = show(width, 24, {
      messages: OWN.map((state, id) => message({ id, sender: 'alice', text, state })),
    });
    for (const line of lines.slice(1, 21)) expect(line.length).toBeLessThanOrEqual(width);
    for (const end of width < 56 ? ['✓✓✓', '✓✓', '✓', '…', '✗'] : ['read ✓✓✓', 'sent ✓', 'failed ✗'])
      expect(lines.some((line) => line.endsWith(` ${end}`) && line.length === width)).toBe(true);
  });
});

describe('messages that are missing', () => {
  const before = message({ id: 1, text: 'one' });
  const after = message({ id: 5, text: 'five' });

  it('are one row at their place, whenever they were missed, and become messages there', () => {
    expect(rowsOf([before, missing(2), missing(3), missing(4), after])).toEqual(
      drawing(`
── Tuesday 4 March 2025 ──────────────────────────────────
10:01 bob    one
      — 3 messages are missing: bob's client was asked for
        them.
10:01 bob    five
`),
    );
    expect(rowsOf([before, missing(2), message({ id: 3, text: 'three' }), missing(4), after])).toEqual(
      drawing(`
── Tuesday 4 March 2025 ──────────────────────────────────
10:01 bob    one
      — One message is missing: bob's client was asked for
        it.
10:01 bob    three
      — One message is missing: bob's client was asked for
        it.
10:01 bob    five
`),
    );
  });

  it('keep the day of the messages around them apart from the next day', () => {
    const next = message({ id: 5, text: 'five', at: NOW + DAY });
    expect(rowsOf([missing(1), message({ id: 2, text: 'two' }), missing(3), next])).toEqual(
      drawing(`
      — One message is missing: bob's client was asked for
        it.
── Tuesday 4 March 2025 ──────────────────────────────────
10:01 bob    two
      — One message is missing: bob's client was asked for
        it.
── Wednesday 5 March 2025 ────────────────────────────────
10:01 bob    five
`),
    );
  });

  it('are counted where many share one place, and were not asked for there', () => {
    expect(rowsOf([missing(2, 4900), missing(3), missing(4)]).join(' ')).toMatch(
      /4,902 messages are missing: bob's client was asked +for the last 2 of them\./,
    );
    expect(rowsOf([missing(2, 4900)]).join(' ')).toMatch(
      /4,900 messages are missing: too many to ask bob's +client for\./,
    );
  });

  it('have one look from end to end, which is not that of a note', () => {
    const { grid, lines } = show(80, 24, { messages: [missing(1)] });
    const y = lines.findIndex((line) => line.includes('missing'));
    for (let x = 22; x < 80; x += 1)
      if (cellAt(grid, x, y).text !== ' ') expect(cellAt(grid, x, y).look).toBe('missing');
  });

  it('are told by no message, whatever is written in it or who it comes from', () => {
    const remark = "— 3 messages are missing: bob's client was asked for them.";
    const text = `${remark}\n${remark}\n      ${remark}\r${' '.repeat(40)}${remark}`;
    for (const width of [40, 50, 80]) {
      const { grid, lines } = show(width, 24, { messages: [message({ text })] });
      const x = lines[20]?.includes('│') === true ? 28 : 6;
      expect(lines.join('\n')).toContain('messages are');
      for (let y = 1; y < 21; y += 1) expect(cellAt(grid, x, y).text).not.toBe('—');
    }
  });

  it('are one paragraph, whoever is named', () => {
    const sender = 'bob\n10:01 alice  I owe you money';
    const { lines } = show(80, 24, { selected: sender, messages: [missing(1)] });
    const rows = lines.slice(1, 21).map((line) => line.slice(22));
    for (const row of rows) expect(row).not.toMatch(/^10:01/);
    expect(rows.join(' ')).toContain('— One message is missing: bob 10:01 alice');
  });

  it('count as no new message below, and as no step where one scrolls', () => {
    const messages = Array.from({ length: 40 }, (_, id) =>
      id > 9 && id < 20 ? missing(id) : message({ id, text: `message ${id}.` }),
    );
    const tail = [missing(40), missing(41), message({ id: 42 })];
    const rows = rowsOf([...messages, ...tail], { id: 30, hidden: 0, newest: 39 });
    expect(rows.at(-1)).toBe('▼ 1 new message below (PgDn)');
    expect(rows.slice(-15, -11)).toEqual([
      expect.stringContaining('message 9.'),
      expect.stringContaining('10 messages are missing'),
      expect.stringContaining('them.'),
      expect.stringContaining('message 20.'),
    ]);
  });
});

describe('somebody who types', () => {
  const typing = (part: Partial<ChatState['contacts'][number]> = {}): Partial<ChatState> => ({
    contacts: chatState().contacts.map((contact) =>
      contact.username === 'bob' ? { ...contact, typing: true, ...part } : contact,
    ),
  });
  const title = ({ lines }: { lines: string[]; grid: Grid }): string | undefined => lines[0]?.slice(22);

  it('is seen in the title and in the list, and only they', () => {
    const shown = show(80, 24, typing({ protection: 'verified', timer: 60 }));
    expect(title(shown)).toBe('bob  ● typing…  verified  ⏱ 1 m');
    expect([1, 2, 3, 5].map((y) => shown.lines[y]?.slice(0, 11).trimEnd())).toEqual([
      '▸… bob ✓',
      '   typing…',
      ' ○ carol',
      ' ● dave',
    ]);
    expect(title(show(80, 24, {}))).toBe('bob  ● online');
  });

  it('is a mark in the narrowest window, and leaves the protection in sight', () => {
    expect(show(40, 10, typing({ protection: 'verified', timer: 60 })).lines[0]).toBe(
      'bob  …  verified  ⏱ 1 m   3 unread (Tab)',
    );
  });
});
