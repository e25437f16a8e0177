import { describe, expect, it } from 'vitest';
import { ranked } from '../src/ui/switch-overlay.ts';
import { contact, message } from './chat-fixture.ts';
import { drawing } from './screen.ts';
import { onChat } from './stage.ts';

const ESC = '\x1b[27u';
const DOWN = '\x1b[B';
const CTRL_K = '\x0b';
const ALT_U = '\x1bu';

const contacts = [
  contact('bob'),
  contact('carol', { online: false, unread: 3 }),
  contact('Bobby'),
  contact('abbot', { unread: 1 }),
  contact('mallory', { unread: 9, blocked: true }),
];

describe('the order of contacts to go to', () => {
  it('is by the fit, then by what is unread, then by who is recent', () => {
    const names = (typed: string) => ranked(contacts, typed).map(({ username }) => username);
    expect(names('')).toEqual(['carol', 'abbot', 'bob', 'Bobby', 'mallory']);
    expect(names('bo')).toEqual(['bob', 'Bobby', 'abbot']);
    expect(names('ao')).toEqual(['carol', 'abbot', 'mallory']);
    expect(names('x')).toEqual([]);
  });
});

describe('the switcher', () => {
  it('opens at Ctrl-K, takes a part of the name, and goes there', async () => {
    const { tty, intents, draws, screen } = onChat({ contacts }, { width: 50, height: 12 });
    tty.type(`a line${CTRL_K}o`);
    expect(await screen()).toEqual(
      drawing(`
 Go to: o
▸○ carol 3 unread
 ● abbot 1 unread
 ● bob
 ● Bobby
 ⊘ mallory 9 unread




 ● online │ 13 unread │ alice             F1 help
 part of a name · ↑↓ pick · Enter go · Esc close
`),
    );
    expect(draws.at(-1)?.cells[50 + 1]?.look).toBe('selection');
    tty.type(`${DOWN}\r`);
    expect(intents).toEqual([{ kind: 'select', contact: 'abbot' }]);
    expect((await screen()).at(-1)).toBe('> a line');
  });

  it('goes nowhere where nobody fits, and says what does find others; Esc closes it', async () => {
    const { tty, intents, screen } = onChat({ contacts });
    tty.type(`${CTRL_K}nobody\r`);
    expect((await screen()).join(' ')).toContain('/contact NAME finds others');
    tty.type(ESC);
    expect((await screen()).at(-1)).toBe('>');
    expect(intents).toEqual([]);
  });

  it('tells who is pinned and who is muted', async () => {
    const { tty, screen } = onChat({
      contacts: [contact('bob', { pinned: true, muted: true }), contact('carol', { muted: true, unread: 2 })],
    });
    tty.type(CTRL_K);
    expect((await screen()).slice(1, 3)).toEqual(['▸● carol z 2 unread', ' ● bob ★ z']);
  });

  it('is a command, too', async () => {
    const { tty, screen } = onChat({ contacts });
    tty.type('/switch\r');
    expect((await screen())[0]).toBe(' Go to:');
  });
});

describe('the way to what is unread', () => {
  const messages = Array.from({ length: 60 }, (_, index) =>
    message({ id: index + 1, text: `number ${index + 1}.` }),
  );

  it('is to the first unread message of this conversation', async () => {
    const { tty, ui, screen } = onChat({ messages, contacts: [contact('bob')] });
    tty.type('\x1b[5~');
    await screen();
    const more = Array.from({ length: 40 }, (_, index) =>
      message({ id: index + 61, text: `late ${index + 1}.` }),
    );
    ui.updateChat({ messages: [...messages, ...more], contacts: [contact('bob', { unread: 40 })] });
    expect((await screen()).join('\n')).not.toContain('late 1.');
    tty.type(ALT_U);
    expect((await screen()).join('\n')).toContain('late 1.');
  });

  it('is else to the next contact with something unread, blocked ones not among them', async () => {
    const { tty, intents, screen, ui } = onChat({ contacts });
    tty.type(ALT_U);
    expect(intents).toEqual([{ kind: 'select', contact: 'carol' }]);
    ui.updateChat({ contacts: [contact('bob'), contact('mallory', { unread: 9, blocked: true })] });
    tty.type('/unread\r');
    expect((await screen()).join(' ')).toContain('Nothing is unread.');
    expect(intents).toHaveLength(1);
  });
});
