import { describe, expect, it } from 'vitest';
import { createGrid, type Grid, gridLines } from '../src/terminal/cells.ts';
import { paint } from '../src/terminal/painter.ts';
import { drawChat } from '../src/ui/chat-view.ts';
import { lineOf } from '../src/ui/line-editor.ts';
import { createForm, drawSignIn } from '../src/ui/sign-in-view.ts';
import type { ChatState, Message } from '../src/ui/state.ts';
import { createTimes } from '../src/ui/times.ts';
import { chatState, NOW, signInState } from './chat-fixture.ts';
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

const message = (text: string): Message => ({ id: 1, sender: text, text, at: NOW, state: 'received' });

const CHAT_FIELDS: Record<string, (text: string) => Partial<ChatState>> = {
  'the text of a message': (text) => ({ messages: [{ ...message(text), sender: 'bob' }] }),
  'the sender': (text) => ({ messages: [{ ...message('hi'), sender: text }] }),
  'the reason of a failure': (text) => ({ messages: [{ ...message('hi'), state: 'failed', failure: text }] }),
  'a contact': (text) => ({ contacts: [{ username: text, online: true, unread: 2 }] }),
  'the selected contact': (text) => ({ selected: text, messages: [] }),
  'the selected contact with messages': (text) => ({ selected: text }),
  'the user': (text) => ({ username: text }),
  'the server': (text) => ({ server: text }),
  'the reason of being offline': (text) => ({ connection: { kind: 'offline', retryAt: NOW, reason: text } }),
  'a notice': (text) => ({ notice: { kind: 'error', text } }),
};

const chat = (part: Partial<ChatState>, line = '') => {
  const state = chatState(part);
  const screen = { state, line: lineOf(line), scroll: null, help: null, notice: state.notice };
  return (grid: Grid) => drawChat(grid, screen, createTimes('UTC'), NOW);
};

/** Draws, lets the emulator show it, and demands that the screen is the grid and nothing else has happened. */
const expectHarmless = async (draw: (grid: Grid) => unknown): Promise<void> => {
  const grid = createGrid(80, 24);
  draw(grid);
  const bytes = paint(null, grid, { colour: true });
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
  const plain = { messages: [message('hello')] };

  it.each(Object.entries(CHAT_FIELDS))('as %s', async (_field, part) => {
    for (const text of TEXTS) await expectHarmless(chat({ ...plain, ...part(text) }));
  });

  it('as what is typed or pasted', async () => {
    for (const text of TEXTS) await expectHarmless(chat(plain, text));
  });

  it.each(['server', 'username', 'progress', 'error'] as const)('as the %s of the form', async (field) => {
    for (const text of TEXTS) {
      const state = signInState({ [field]: text });
      await expectHarmless((grid) => drawSignIn(grid, createForm(state), state));
    }
  });

  it('is seen by these checks when it does reach the terminal', async () => {
    const raw = (grid: Grid) => {
      grid.cells[0] = { text: '\x1b]0;TITLE\x07', style: {} };
    };
    await expect(expectHarmless(raw)).rejects.toThrow();
  });
});
