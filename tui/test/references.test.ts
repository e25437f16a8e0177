import { describe, expect, it } from 'vitest';
import { drawChat } from '../src/ui/chat-view.ts';
import type { ChatState, Message } from '../src/ui/state.ts';
import { createTimes } from '../src/ui/times.ts';
import { chatScreen, chatState, contact, message, NOW } from './chat-fixture.ts';
import { drawing, drawn } from './screen.ts';
import { onChat } from './stage.ts';

const SHIFT_UP = '\x1b[1;2A';
const SHIFT_DOWN = '\x1b[1;2B';
const UP = '\x1b[A';
const ESC = '\x1b[27u';

const MESSAGES: Message[] = [
  message({ id: 1, text: 'Lunch?' }),
  message({ id: 2, sender: 'alice', text: 'Yes.', state: 'read' }),
  message({ id: 3, text: '', state: 'note' }),
  message({ id: 4, text: 'At noon.' }),
];

const rowsOf = (messages: readonly Message[], width = 80): string[] =>
  drawn(width, 24, (grid) => drawChat(grid, chatScreen(chatState({ messages })), createTimes('UTC'), NOW))
    .lines.slice(1, 21)
    .map((line) => (width < 60 ? line : line.slice(22)))
    .filter((line) => line !== '')
    .slice(1);

describe('a message', () => {
  it('shows what it answers, that it was edited, and the reactions', () => {
    const answers = { id: 1, sender: 'bob', text: 'Lunch? The place at the corner has a new menu.\nReally.' };
    const reactions = [
      { sender: 'bob', emoji: '👍' },
      { sender: 'alice', emoji: '🎉' },
    ];
    expect(
      rowsOf([
        message({
          id: 2,
          sender: 'alice',
          text: 'Yes, with pleasure.',
          state: 'read',
          answers,
          edited: true,
          reactions,
        }),
        message({ id: 3, text: '', deleted: true, edited: true }),
        message({ id: 4, text: 'Which?', answers: { id: null, sender: '', text: '' } }),
        message({ id: 5, text: 'Oh.', answers: { id: 3, sender: 'bob', text: '' } }),
      ]),
    ).toEqual(
      drawing(`
10:01 alice  ↪ bob: Lunch? The place at …  edited read ✓✓✓
             Yes, with pleasure.
             👍 bob  🎉 alice
10:01 bob    This message was deleted.
             ↪ a message that is not here
             Which?
             ↪ bob: This message was deleted.
             Oh.
`),
    );
  });

  it('shows no control of what is quoted, or reacted with', () => {
    const evil = '\u001b[2J\u202eevil\n\u0007';
    const rows = rowsOf([
      message({ answers: { id: 9, sender: evil, text: evil }, reactions: [{ sender: evil, emoji: evil }] }),
    ]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(rows.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(rows[0]).toContain('↪ evil');
  });
});

describe('picking', () => {
  const picks = async (...keys: string[]) => {
    const stage = onChat({ messages: MESSAGES });
    stage.tty.type(keys.join(''));
    await stage.screen();
    return stage;
  };

  it('goes up from the newest message by Shift-Up, then by arrows, and stays at the first', async () => {
    const { tty, intents } = await picks(SHIFT_UP, UP, UP, UP, UP);
    tty.type('rindeed\r');
    expect(intents).toEqual([{ kind: 'reply', contact: 'bob', id: 1, text: 'indeed' }]);
  });

  it('passes over notes, and ends below the newest', async () => {
    const { tty, intents } = await picks(SHIFT_UP, SHIFT_UP, SHIFT_DOWN, SHIFT_DOWN);
    tty.type('really\r');
    expect(intents).toEqual([{ kind: 'send', contact: 'bob', text: 'really' }]);
  });

  it('shows which one it is, and at the input what is being done', async () => {
    const stage = await picks(SHIFT_UP);
    const grid = stage.draws.at(-1);
    const y = (await stage.screen()).findIndex((line) => line.includes('At noon.'));
    expect(grid?.cells[y * (grid?.width ?? 0) + 22]?.look).toBe('selection time');
    expect((await stage.screen())[23]).toBe('picked>');
    stage.tty.type('\r');
    expect((await stage.screen())[23]).toBe('reply>');
    stage.tty.type(`x${ESC}`);
    expect((await stage.screen())[23]).toBe('> x');
  });

  it('edits a message of one’s own from its text, and no other', async () => {
    const stage = await picks(SHIFT_UP, 'e');
    expect((await stage.screen()).join('\n')).toContain('Only messages of your own');
    stage.tty.type(`${SHIFT_UP}e`);
    expect((await stage.screen())[23]).toBe('edit> Yes.');
    stage.tty.type(' Gladly.\r');
    expect(stage.intents).toEqual([{ kind: 'edit', contact: 'bob', id: 2, text: 'Yes. Gladly.' }]);
    expect((await stage.screen())[23]).toBe('>');
  });

  it('leaves an edit by Esc, and what was written stays no draft', async () => {
    const stage = await picks(SHIFT_UP, SHIFT_UP, 'e', 'xyz');
    stage.tty.type(ESC);
    await stage.screen();
    expect((await stage.screen())[23]).toBe('>');
    expect(stage.drafts.at(-1)).toEqual(['bob', '']);
  });

  it('leaves an answer by Esc, and what was written stays a draft of its own', async () => {
    const stage = await picks(SHIFT_UP, '\r', 'xy');
    expect(stage.drafts.at(-1)).toEqual(['bob', 'xy', 'reply', expect.any(Number)]);
    stage.tty.type(ESC);
    await stage.screen();
    expect(stage.drafts.at(-1)).toEqual(['bob', 'xy']);
  });

  it('deletes when asked twice', async () => {
    const { tty, intents, screen } = await picks(SHIFT_UP, SHIFT_UP, 'd');
    expect(intents).toEqual([]);
    expect((await screen()).join(' ')).toContain('Press d again to do it.');
    tty.type('d');
    expect(intents).toEqual([{ kind: 'retract', contact: 'bob', id: 2 }]);
    // Then it is picked no more: what is typed is a message.
    tty.type('ready\r');
    expect(intents.at(-1)).toEqual({ kind: 'send', contact: 'bob', text: 'ready' });
  });

  it('leaves the question of a deletion with what it was about', async () => {
    const { tty, screen } = await picks(SHIFT_UP, SHIFT_UP, 'd', ESC);
    expect((await screen()).join(' ')).not.toContain('Press d again');
    tty.type('d');
    expect((await screen())[23]).toBe('> d');
  });

  it("refuses at once to delete somebody else's", async () => {
    const { tty, intents, screen } = await picks(SHIFT_UP, 'd');
    expect((await screen()).join(' ')).toContain('Only messages of your own can be edited or deleted.');
    tty.type('d');
    expect(intents).toEqual([]);
  });

  it.each([
    ['a reaction', '+:heart:\r'],
    ['an answer', 'rindeed\r'],
    ['Esc', ESC],
    ['Esc out of an answer', `r${ESC}`],
  ])('ends with %s: what is typed then is a message', async (_, keys) => {
    const { tty, intents, screen } = await picks(SHIFT_UP, keys);
    await screen();
    tty.type('ready\r');
    expect(intents.at(-1)).toEqual({ kind: 'send', contact: 'bob', text: 'ready' });
    expect((await screen())[23]).toBe('>');
  });

  it('passes over what is deleted', async () => {
    const { tty, intents } = onChat({ messages: [message(), message({ id: 2, text: '', deleted: true })] });
    tty.type(`${SHIFT_UP}rindeed\r`);
    expect(intents).toEqual([{ kind: 'reply', contact: 'bob', id: 1, text: 'indeed' }]);
  });

  it('says so when an emoji has no such name', async () => {
    const { tty, intents, screen } = await picks();
    tty.type('/react :nosuch:\r');
    expect((await screen()).join(' ')).toContain('There is no emoji :nosuch:.');
    expect(intents).toEqual([]);
  });

  it('reacts by name or emoji, and takes it back', async () => {
    const { tty, intents } = await picks(SHIFT_UP, '+', ':heart:\r');
    tty.type(`${SHIFT_UP}/react 🎉\r${SHIFT_UP}/react off\r`);
    const of = { kind: 'react', contact: 'bob', id: 4 };
    expect(intents).toEqual([
      { ...of, emoji: '❤️' },
      { ...of, emoji: '🎉' },
      { ...of, emoji: null },
    ]);
  });

  it('brings the picked message into the window', async () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      message({ id: index + 1, text: `number ${index + 1}.` }),
    );
    const { tty, screen } = onChat({ messages: many });
    tty.type(SHIFT_UP + UP.repeat(40));
    expect((await screen()).join('\n')).toContain('number 20.');
    tty.type(SHIFT_DOWN.repeat(41));
    expect((await screen()).join('\n')).toContain('number 60.');
  });
});

describe('commands without a picked message', () => {
  it('are about the newest message of either side', () => {
    const { tty, intents } = onChat({ messages: MESSAGES });
    tty.type('/reply indeed\r/edit No.\r/react :+1:\r');
    expect(intents).toEqual([
      { kind: 'reply', contact: 'bob', id: 4, text: 'indeed' },
      { kind: 'edit', contact: 'bob', id: 2, text: 'No.' },
      { kind: 'react', contact: 'bob', id: 4, emoji: '👍' },
    ]);
  });

  it('say what to do where there is none', async () => {
    const { tty, intents, screen } = onChat({ messages: [] });
    tty.type('/edit x\r');
    expect((await screen()).join(' ')).toContain('There is no message for it.');
    expect(intents).toEqual([]);
  });
});

describe('marks of contacts', () => {
  const shown = (part: Partial<ChatState>) =>
    drawn(100, 24, (grid) => drawChat(grid, chatScreen(chatState(part)), createTimes('UTC'), NOW)).lines;

  it('are shown by marks', () => {
    const contacts = [
      contact('bob', { note: 'met at FOSDEM', muted: true, pinned: true }),
      contact('carol', { blocked: true }),
    ];
    const lines = shown({ contacts });
    expect(lines[0]).toContain('“met at FOSDEM”');
    expect(lines[1]).toContain('bob ★ z');
    expect(lines[3]).toContain('⊘ carol');
    expect(shown({ contacts, selected: 'carol' })[0]).toContain('⊘ blocked');
  });

  it('are set by commands: to block is asked twice', async () => {
    const { tty, intents, screen } = onChat();
    tty.type('/mute\r/unmute carol\r/pin CAROL\r/unpin\r/note met at FOSDEM\r/note off\r/block\r');
    const mark = (of: string, marks: object) => ({ kind: 'mark', contact: of, marks });
    expect(intents).toEqual([
      mark('bob', { muted: true }),
      mark('carol', { muted: false }),
      mark('carol', { pinned: true }),
      mark('bob', { pinned: false }),
      mark('bob', { note: 'met at FOSDEM' }),
      mark('bob', { note: '' }),
    ]);
    expect((await screen()).join(' ')).toContain('Block bob? Nothing that bob writes will be shown.');
    tty.type('/block\r/unblock\r');
    expect(intents.slice(-2)).toEqual([mark('bob', { blocked: true }), mark('bob', { blocked: false })]);
  });
});

const plain = (text: string) => ({ text, of: null });

describe('a draft', () => {
  it('of an answer or an edit comes back as one, of each contact its own', async () => {
    const { ui, tty, intents, screen } = onChat({ draft: { text: 'Yes', of: { kind: 'reply', id: 1 } } });
    expect((await screen())[23]).toBe('reply> Yes');
    const other = {
      selected: 'carol',
      messages: [],
      draft: { text: 'new', of: { kind: 'edit', id: 9 } },
    } as const;
    ui.updateChat(other);
    expect((await screen())[23]).toBe('edit> new');
    tty.type('er');
    ui.updateChat({ selected: 'bob', draft: plain('') });
    expect((await screen())[23]).toBe('reply> Yes');
    tty.type('.\r');
    expect(intents).toEqual([{ kind: 'reply', contact: 'bob', id: 1, text: 'Yes.' }]);
    ui.updateChat({ selected: 'carol' });
    expect((await screen())[23]).toBe('edit> newer');
  });

  it('is told of at every change, but a command is none', () => {
    const { tty, drafts } = onChat();
    tty.type('hi\x15/x');
    expect(drafts).toEqual([
      ['bob', 'h'],
      ['bob', 'hi'],
      ['bob', ''],
      ['bob', ''],
      ['bob', ''],
    ]);
  });

  it('that was kept stands in the input, of each contact its own, and is gone once it is sent', async () => {
    const { ui, tty, drafts, screen } = onChat({ draft: plain('kept for bob') });
    expect((await screen())[23]).toBe('> kept for bob');
    ui.updateChat({ selected: 'carol', draft: plain('kept for carol'), messages: [] });
    expect((await screen())[23]).toBe('> kept for carol');
    tty.type('\r');
    expect(drafts.at(-1)).toEqual(['carol', '']);
    ui.updateChat({ selected: 'bob', draft: plain('kept for bob'), messages: [] });
    expect((await screen())[23]).toBe('> kept for bob');
  });
});
