import { describe, expect, it } from 'vitest';
import { type ChatScreen, drawChat } from '../src/ui/chat-view.ts';
import { lineOf } from '../src/ui/line-editor.ts';
import type { ChatState } from '../src/ui/state.ts';
import { createTimes } from '../src/ui/times.ts';
import { chatScreen, chatState, contact, message, NOW } from './chat-fixture.ts';
import { drawing, drawn } from './screen.ts';

const show = (width: number, height: number, state: ChatState, part: Partial<ChatScreen> = {}) => {
  const screen = chatScreen(state, { line: lineOf('typing'), ...part });
  return drawn(width, height, (grid) => drawChat(grid, screen, createTimes('UTC'), NOW));
};
const OFFLINE = {
  kind: 'offline' as const,
  retryAt: NOW + 3500,
  reason: 'The server does not answer.',
};

describe('chat view', () => {
  it('has the cursor behind what is typed', () => {
    expect(show(80, 24, chatState()).cursor).toEqual({ x: 8, y: 23 });
  });

  it('gives a narrow window to the conversation, keeps count of the unread, and says when it is offline', () => {
    const state = chatState({ connection: OFFLINE });
    expect(show(45, 16, state).lines).toEqual(
      drawing(`
bob  ● online                  3 unread (Tab)
── Monday 3 March 2025 ──────────────────────
10:01 bob    Shall we have lunch? The place
             at the corner has a new menu.
── Tuesday 4 March 2025 ─────────────────────
10:01 alice  Yes 👩🏽‍💻 日本!                   ✓
             At noon.
10:02 bob    This message cannot be
             decrypted. It is kept, and read
             when its key arrives.
10:03 alice  café?                          …
             hm                             ✗
             not sent: bob is not known here.
The server does not answer.
 ○ offline, retrying in 4 s          F1 help
> typing
`),
    );
  });

  it('shows the help over the conversation, and keeps connection and input in sight', () => {
    expect(show(60, 12, chatState({ connection: { kind: 'connecting' } }), { help: 11 }).lines).toEqual(
      drawing(`
 Help (Esc closes, PgUp/PgDn scroll)
 e  /edit TEXT    a new text for yours
 d  /delete       yours, on both sides
 +  /react :+1:   an emoji
 ── A contact: the open one, or NAME ──────────────────────
 /pin  /mute      first; without noise
 /block           nothing of them
 /note TEXT       your words about them
 /timer 1h        messages go by then

 ◌ connecting… │ 3 unread │ alice                   F1 help
> typing
`),
    );
  });

  it('says what to do when there is nothing to show', () => {
    const text = (state: ChatState) =>
      show(80, 24, state)
        .lines.map((line) => line.slice(22))
        .join(' ');
    const nobody = chatState({ contacts: [], selected: null, messages: [] });
    expect(text(nobody)).toContain('No one here yet.');
    expect(text(nobody)).toContain('/contact NAME');
    expect(text(chatState({ selected: null, messages: [] }))).toContain(
      'There are messages that you have not read: Tab goes to',
    );
    expect(text(chatState({ messages: [] }))).toContain('No messages with bob yet.');
  });

  it('shows a notice above the status line', () => {
    const { lines } = show(80, 24, chatState(), { notice: { kind: 'error', text: 'bob is not known.' } });
    expect(lines[21]).toBe('! bob is not known.');
  });

  it('shows a long notice in three rows at most, and moves the conversation up for them', () => {
    const notice = (words: number) => ({
      notice: { kind: 'error' as const, text: 'word '.repeat(words).trim() },
    });
    const two = show(80, 24, chatState(), notice(20)).lines;
    expect(two.slice(19, 22)).toEqual([
      expect.stringContaining('not sent: bob is not known here.'),
      `! ${'word '.repeat(15).trim()}`,
      'word '.repeat(5).trim(),
    ]);
    const three = show(80, 24, chatState(), notice(1000)).lines;
    expect(three[18]).toContain('not sent: bob is not known here.');
    expect(three[21]).toMatch(/^word.*…$/);
    expect(three[22]).toContain('● online');
  });

  it('keeps a long notice apart from the advice in the smallest window', () => {
    const nobody = chatState({ contacts: [], selected: null, messages: [] });
    const text = `short ${'b'.repeat(40)} ${'c'.repeat(40)}`;
    const { lines } = show(40, 10, nobody, { notice: { kind: 'error', text } });
    expect(lines.slice(4, 8)).toEqual([
      'Whoever registers on this server appears',
      '! short',
      'b'.repeat(40),
      'c'.repeat(40),
    ]);
  });

  it('says that a message waits while the connection is away', () => {
    const { lines } = show(80, 24, chatState({ connection: OFFLINE }));
    expect(lines[18]).toMatch(/10:03 alice +caf.+\? +waiting …$/);
    expect(lines.join('\n')).not.toContain('queued');
  });

  it('keeps the first row of an own message clear of its mark, and gives the others the whole width', () => {
    const text = 'abc '.repeat(30).trim();
    const own = message({ sender: 'alice', text, state: 'sent' });
    const { lines } = show(80, 24, chatState({ messages: [own] }));
    expect(lines.slice(18, 21).map((line) => line.slice(22))).toEqual([
      `10:01 alice  ${'abc '.repeat(9)}   sent ✓`,
      `             ${'abc '.repeat(11).trim()}`,
      `             ${'abc '.repeat(10).trim()}`,
    ]);
  });

  it('says when the window is too small, down to one cell', () => {
    expect(show(30, 5, chatState()).lines.join(' ')).toContain('The window is too small (30x5)');
    expect(show(39, 40, chatState()).cursor).toBeNull();
    expect(show(1, 1, chatState()).lines).toHaveLength(1);
  });

  it('writes more than 999 unread messages as 999+', () => {
    const contacts = [contact('carol', { online: false, unread: 1000 })];
    const { lines } = show(80, 24, chatState({ contacts }));
    expect(lines[2]).toMatch(/^ +999\+ │/);
    expect(lines[22]).toContain('999+ unread');
  });

  it('keeps the selected contact in sight among more than fit', () => {
    const contacts = Array.from({ length: 200 }, (_, index) => contact(`user${index}`));
    const { lines } = show(80, 24, chatState({ contacts, selected: 'user150', messages: [] }));
    expect(lines.some((line) => line.startsWith('▸● user150 '))).toBe(true);
    const last = show(80, 24, chatState({ contacts, selected: 'user199', messages: [] })).lines;
    expect(last[20]).toMatch(/^▸● user199 /);
  });
});
