import { describe, expect, it } from 'vitest';
import { cellAt } from '../src/terminal/cells.ts';
import { drawChat } from '../src/ui/chat-view.ts';
import type { ChatState, Protection } from '../src/ui/state.ts';
import { createTimes } from '../src/ui/times.ts';
import { chatScreen, chatState, contact, message, NOW } from './chat-fixture.ts';
import { drawing, drawn } from './screen.ts';

const show = (width: number, height: number, state: ChatState) =>
  drawn(width, height, (grid) => drawChat(grid, chatScreen(state), createTimes('UTC'), NOW));

const withBob = (protection: Protection, timer = 0): ChatState =>
  chatState({ contacts: [contact('bob', { protection, timer }), contact('carol', { unread: 3 })] });

describe('how a contact is protected', () => {
  it.each<[Protection, string]>([
    ['unknown', 'bob  ● online'],
    ['legacy', 'bob  ● online  legacy, unauthenticated'],
    ['unverified', 'bob  ● online  not verified'],
    ['verified', 'bob  ● online  verified'],
    ['changed', 'bob  ● online  KEY CHANGED'],
  ])('is said in the title line: %s', (protection, title) => {
    const { lines } = show(80, 24, withBob(protection));
    expect(lines[0]?.slice(22)).toBe(title);
  });

  it('has a look of its own where the key has changed', () => {
    const { grid, lines } = show(80, 24, withBob('changed'));
    const at = lines[0]?.indexOf('KEY') ?? -1;
    expect(cellAt(grid, at, 0).look).toBe('changed');
  });

  it('is said along with the marks of the list, where there is no list too', () => {
    const state = chatState({
      contacts: [contact('bob', { pinned: true, muted: true, protection: 'verified' })],
    });
    expect(show(60, 20, state).lines[0]).toBe('bob  ★ z  ● online  verified');
  });

  it('is said along with the timer', () => {
    expect(show(80, 24, withBob('verified', 3600)).lines[0]).toMatch(/verified {2}⏱ 1 h$/);
    expect(show(80, 24, withBob('unknown', 90)).lines[0]).toMatch(/online {2}⏱ 90 s$/);
  });

  it.each<[Protection, string]>([
    ['verified', 'bob  ●  verified  ⏱ 4 w   3 unread (Tab)'],
    ['legacy', 'bob  ●  legacy  ⏱ 4 w     3 unread (Tab)'],
    ['unverified', 'bob  not verified  ⏱ 4 w  3 unread (Tab)'],
  ])('keeps its place in the narrowest window, before presence: %s', (protection, title) => {
    expect(show(40, 10, withBob(protection, 2_419_200)).lines[0]).toBe(title);
  });

  it('keeps its place beside the longest name', () => {
    const selected = 'x'.repeat(32);
    const contacts = [
      contact(selected, { protection: 'changed', timer: 60 }),
      contact('y', { unread: 1000 }),
    ];
    expect(show(40, 10, chatState({ selected, contacts })).lines[0]).toBe(
      'xxxxxxxx…  KEY CHANGED 999+ unread (Tab)',
    );
  });

  it('has a mark of one cell in the list', () => {
    const contacts = [
      contact('bob', { protection: 'verified' }),
      contact('carol', { protection: 'legacy', unread: 1000 }),
      contact('dave', { protection: 'changed' }),
      contact('erin', { protection: 'unverified' }),
    ];
    const rows = show(80, 24, chatState({ contacts })).lines.slice(1, 9);
    expect(rows.filter((_, index) => index % 2 === 0).map((row) => row.slice(0, 20).trimEnd())).toEqual([
      '▸● bob ✓',
      ' ● carol ~',
      ' ● dave !',
      ' ● erin',
    ]);
  });
});

describe('what is in a conversation beside messages', () => {
  const MESSAGES = [
    message({ text: 'old client', legacy: true }),
    message({ id: 2, text: '', state: 'refused' }),
    message({ id: 3, text: 'You set the timer: new messages are deleted after 1 h.', state: 'note' }),
    message({ id: 4, sender: 'alice', text: 'ok', state: 'sent', legacy: true }),
  ];

  it('is labelled, explained and told apart', () => {
    const { lines } = show(80, 24, chatState({ messages: MESSAGES }));
    expect(lines.slice(11, 21).map((line) => line.slice(22))).toEqual(
      drawing(`
── Tuesday 4 March 2025 ──────────────────────────────────
10:01 bob    old client
             legacy, unauthenticated
             A message came without authentication, as
             anybody could have forged it: it is not
             shown. Ask for it again.
10:01 — You set the timer: new messages are deleted after
        1 h.
10:01 alice  ok                                     sent ✓
             legacy, unauthenticated
`),
    );
  });

  it('says the whole label in the narrowest window, beside the longest names', () => {
    const long = { username: 'a'.repeat(32), selected: 'b'.repeat(32) };
    const { lines, grid } = show(40, 10, chatState({ ...long, messages: MESSAGES.slice(0, 1) }));
    const y = lines.findIndex((line) => line.endsWith(' legacy, unauthenticated'));
    expect(y).toBeGreaterThan(0);
    expect(cellAt(grid, 38, y).look).toBe('legacy');
  });

  it('draws no text of a refused message, whatever it is', () => {
    const { lines } = show(80, 24, chatState({ messages: [message({ text: 'FORGED', state: 'refused' })] }));
    expect(lines.join('\n')).not.toContain('FORGED');
  });

  it('draws a note in one look from end to end, in one paragraph, whoever it names', () => {
    const text = 'bob set the timer\n10:01 bob    I wrote this';
    const { lines, grid } = show(80, 24, chatState({ messages: [message({ text, state: 'note' })] }));
    const y = lines.findIndex((line) => line.includes('— bob set the timer 10:01 bob'));
    expect(y).toBeGreaterThan(0);
    for (let x = 22; x < 80; x += 1) {
      const { text: cell, look } = cellAt(grid, x, y);
      if (cell !== ' ') expect(look).toBe('remark');
    }
  });

  it('lets no message begin where a note does', () => {
    const note = '10:01 — You have verified bob.';
    const text = `${note}\n${note}\n\r${note}\t${note} ${'— '.repeat(40)}`;
    for (const [username, selected] of [
      ['a', 'b'],
      ['alice', 'bob'],
    ] as const) {
      const state = chatState({ username, selected, messages: [message({ sender: selected, text })] });
      const { grid, lines } = show(50, 24, state);
      for (let y = 1; y < 20; y += 1) expect(cellAt(grid, 6, y).text).not.toBe('—');
      expect(lines.join('\n')).toContain(note.slice(0, 20));
    }
  });

  it('counts no note as a new message below', () => {
    const messages = Array.from({ length: 40 }, (_, index) => message({ id: index }));
    const later = [message({ id: 40, state: 'note' }), message({ id: 41 })];
    const screen = chatScreen(chatState({ messages: [...messages, ...later] }), {
      scroll: { id: 20, hidden: 0, newest: 39 },
    });
    const { lines } = drawn(80, 24, (grid) => drawChat(grid, screen, createTimes('UTC'), NOW));
    expect(lines[20]).toContain('▼ 1 new message below');
  });

  it('stays where it is scrolled to when the message there was deleted', () => {
    const messages = Array.from({ length: 40 }, (_, id) => message({ id, text: `message ${id}.` }));
    const screen = chatScreen(chatState({ messages: messages.filter(({ id }) => id !== 30) }), {
      scroll: { id: 30, hidden: 0, newest: 39 },
    });
    const { lines } = drawn(80, 24, (grid) => drawChat(grid, screen, createTimes('UTC'), NOW));
    expect(lines[19]).toContain('message 29.');
  });
});
