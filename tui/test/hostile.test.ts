import { describe, expect, it } from 'vitest';
import { createGrid, type Grid, gridLines } from '../src/terminal/cells.ts';
import { paint } from '../src/terminal/painter.ts';
import { skinOf } from '../src/theme/skin.ts';
import { drawChat } from '../src/ui/chat-view.ts';
import { lineOf } from '../src/ui/line-editor.ts';
import { createForm } from '../src/ui/sign-in-form.ts';
import { drawSignIn } from '../src/ui/sign-in-view.ts';
import type { ChatState } from '../src/ui/state.ts';
import { createTimes } from '../src/ui/times.ts';
import { drawVerify } from '../src/ui/verify-view.ts';
import { chatScreen, chatState, contact, message, NOW, NUMBER, signInState } from './chat-fixture.ts';
import { createEmulator, escapes } from './screen.ts';

/** The control sequences that the painter itself writes. */
const PAINTING = escapes(String.raw`ESC\[(0[0-9;]*m|[0-9;]+H|2J)`, 'g');

const TEXTS = [
  'a\x1b[2J\x1b[1;1HGONE',
  'a\x1b]0;TITLE\x07b\x1b]52;c;aGFja2Vk\x07c',
  'a\x9b31mred\x9d0;TITLE\x9cb',
  'a\x1b[31;7mstyled\x1b[?1049l\x1b[?25l',
  'a\rb\nc\x08\x08\x08d\x07\x0e\x0f',
  'a\x1bPq#0\x1b\\b\x1bc',
  'a\u202Egnp.exe\u2066b\u2069\u200Fc',
  `a${'\u0301'.repeat(500)}\u200B\u200D\uFEFFb`,
  '\u0301\uFE0F\u{E0041}a\uD83Db\u2028c\x00\x7f',
];

const CHAT_FIELDS: Record<string, (text: string) => Partial<ChatState>> = {
  'the text of a message': (text) => ({ messages: [message({ text })] }),
  'a link, a span of code and a block of it': (text) => ({
    messages: [message({ text: `https://x/${text} \`${text}\` \n\`\`\`\n${text}\n\`\`\`` })],
  }),
  'what somebody does': (text) => ({ messages: [message({ sender: text, text: `/me ${text}` })] }),
  'the last message of a contact': (text) => ({
    contacts: [contact('bob', { last: { sender: text, text, at: NOW, state: 'received', deleted: false } })],
  }),
  'the text of a note': (text) => ({ messages: [message({ text, state: 'note' })] }),
  'the sender': (text) => ({ messages: [message({ sender: text })] }),
  'the reason of a failure': (text) => ({ messages: [message({ state: 'failed', failure: text })] }),
  'a contact': (text) => ({ contacts: [contact(text, { unread: 2, protection: 'changed', timer: 60 })] }),
  'the open contact with a label': (text) => ({
    selected: text,
    contacts: [contact(text, { protection: 'legacy', timer: 60 })],
  }),
  'a warning': (text) => ({ warnings: [text, text] }),
  'the selected contact': (text) => ({ selected: text, messages: [] }),
  'the contact whose messages are missing, and who types': (text) => ({
    selected: text,
    contacts: [contact(text, { typing: true })],
    messages: [message({ sender: text, text, state: 'missing' })],
  }),
  'the selected contact with messages': (text) => ({ selected: text }),
  'the user': (text) => ({ username: text }),
  'the server': (text) => ({ server: text }),
  'the reason of being offline': (text) => ({ connection: { kind: 'offline', retryAt: NOW, reason: text } }),
  'a notice': (text) => ({ notice: { kind: 'error', text } }),
};

const chat = (part: Partial<ChatState>, line = '') => {
  const state = chatState(part);
  return (grid: Grid) => drawChat(grid, chatScreen(state, { line: lineOf(line) }), createTimes('UTC'), NOW);
};

/** Draws, lets the emulator show it, and demands that the screen is the grid and nothing else has happened. */
const expectHarmless = async (draw: (grid: Grid) => unknown): Promise<void> => {
  const grid = createGrid(80, 24);
  draw(grid);
  const bytes = paint(null, grid, skinOf({ TERM: 'xterm-256color' }));
  expect(bytes.replace(PAINTING, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Surrogate}]/u);
  const { emulator, feed, lines } = createEmulator(80, 24);
  const effects: string[] = [];
  emulator.onTitleChange((title) => effects.push(`title ${title}`));
  emulator.onBell(() => effects.push('bell'));
  emulator.parser.registerOscHandler(52, () => {
    effects.push('clipboard');
    return true;
  });
  await feed(bytes);
  expect(effects).toEqual([]);
  expect(lines()).toEqual(gridLines(grid));
  expect(emulator.buffer.active.type).toBe('normal');
};

describe('hostile text has no effect on the terminal', () => {
  // Without emoji in the other fields: the emulator's own widths would differ from ours.
  const plain = { messages: [message()] };

  it.each(Object.entries(CHAT_FIELDS))('as %s', async (_field, part) => {
    for (const text of TEXTS) await expectHarmless(chat({ ...plain, ...part(text) }));
  });

  it('as what is typed or pasted', async () => {
    for (const text of TEXTS) await expectHarmless(chat(plain, text));
  });

  it.each(['server', 'username', 'progress', 'error', 'reason'] as const)(
    'as the %s of the form',
    async (field) => {
      for (const text of TEXTS) {
        const state = signInState({ [field]: text, profiles: [text, text] });
        await expectHarmless((grid) => drawSignIn(grid, createForm(state), state, () => text));
      }
    },
  );

  it('as a contact whose number is compared, and as the words and digits of it', async () => {
    for (const text of TEXTS)
      for (const number of [NUMBER, { digits: NUMBER.digits, words: [text], before: text }])
        await expectHarmless((grid) => {
          drawVerify(grid, { x: 0, y: 0, width: 80, height: 21 }, { contact: text, number }, 'changed', 0);
        });
  });

  it('is seen by these checks when it does reach the terminal', async () => {
    const raw = (grid: Grid) => {
      grid.cells[0] = { text: '\x1b]0;TITLE\x07', look: 'text' };
    };
    await expect(expectHarmless(raw)).rejects.toThrow();
  });
});
