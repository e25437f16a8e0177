import { describe, expect, it } from 'vitest';
import { openChat, WELCOME } from '../src/app/chat.ts';
import type { ChatState, SearchState } from '../src/ui/state.ts';
import { createTimes } from '../src/ui/times.ts';
import { contact, message, NOW } from './chat-fixture.ts';
import { clientContact, clientMessage, createFakeClient } from './fake-client.ts';
import { createFakeClock } from './fake-clock.ts';
import { drawing } from './screen.ts';
import { onChat } from './stage.ts';

const ESC = '\x1b[27u';
const DOWN = '\x1b[B';
const UP = '\x1b[A';

const FOUND: SearchState = {
  words: 'lunch',
  found: [
    { contact: 'bob', message: message({ id: 9, text: 'Lunch?\n\u001b[2JNow?' }) },
    {
      contact: 'carol',
      message: message({ id: 4, sender: 'alice', text: 'No lunch.', at: NOW - 86_400_000 }),
    },
  ],
};

describe('a search', () => {
  it('is asked for by its words', () => {
    const { tty, intents } = onChat();
    tty.type('/search corner menu\r');
    expect(intents).toEqual([{ kind: 'search', words: 'corner menu' }]);
  });

  it('shows what was found, the picked one above all, and no control of it', async () => {
    const { ui, draws, screen } = onChat();
    ui.updateChat({ search: FOUND });
    const lines = await screen();
    expect(lines.slice(0, 3)).toEqual(
      drawing(`
 2 messages have: lunch
▸2025-03-04 10:01 bob           Lunch? Now?
 2025-03-03 10:01 carol         you: No lunch.
`),
    );
    expect(draws.at(-1)?.cells[80 + 40]?.look).toBe('selection');
    expect(lines[23]).toBe(' ↑↓ pick · Enter go there · Esc close');
  });

  it('fits into the smallest window', async () => {
    const { ui, screen } = onChat({}, { width: 40, height: 10 });
    ui.updateChat({ search: FOUND });
    expect((await screen())[1]).toBe('▸10:01 bob           Lunch? Now?');
  });

  it('goes to the picked one, and is closed by Esc', async () => {
    const { ui, tty, intents } = onChat();
    ui.updateChat({ search: FOUND });
    tty.type(`${DOWN}${DOWN}${UP}${DOWN}\r`);
    tty.type(ESC);
    expect(intents).toEqual([{ kind: 'go-to', contact: 'carol', id: 4 }, { kind: 'close-search' }]);
  });

  it('says so when nothing was found, and takes Enter for nothing', async () => {
    const { ui, tty, intents, screen } = onChat();
    ui.updateChat({ search: { words: 'x', found: null } });
    expect((await screen())[0]).toBe(' Looking for x …');
    ui.updateChat({ search: { words: 'x', found: [] } });
    expect((await screen()).join(' ')).toContain('No message has: x');
    tty.type('\r');
    expect(intents).toEqual([]);
  });

  it('ends at the message, which is picked and in the window', async () => {
    const messages = Array.from({ length: 80 }, (_, index) =>
      message({ id: index + 1, text: `number ${index + 1}.` }),
    );
    const { ui, tty, intents, screen } = onChat();
    ui.updateChat({ search: FOUND });
    ui.updateChat({ search: null });
    ui.updateChat({ selected: 'carol', messages: [], contacts: [contact('carol')] });
    ui.updateChat({ messages, focus: 20 });
    expect((await screen()).join('\n')).toContain('number 20.');
    tty.type('rindeed\r');
    expect(intents.at(-1)).toEqual({ kind: 'reply', contact: 'carol', id: 20, text: 'indeed' });
  });
});

describe('the app', () => {
  const open = () => {
    const messages = Array.from({ length: 1_000 }, (_, index) =>
      clientMessage({ id: index + 1, text: index === 10 ? 'the needle' : 'hay' }),
    );
    const contacts = [clientContact('bob', { lastMessageAt: 1 }), clientContact('carol')];
    const fake = createFakeClient({ contacts, messages });
    let state: ChatState | null = null;
    const chat = openChat({
      client: fake.client,
      newcomer: null,
      welcome: WELCOME,
      resolvePath: (path) => path,
      onEnded: () => {},
      onDeleted: () => {},
      clock: createFakeClock(),
      times: createTimes('UTC'),
      show: (part) => {
        if (state) state = { ...state, ...part };
      },
    });
    state = chat.state();
    return { ...fake, chat, shown: () => state ?? chat.state(), settled: () => new Promise(setImmediate) };
  };

  it('finds messages, and loads the conversation down to one', async () => {
    const { chat, shown, settled } = open();
    chat.handle({ kind: 'search', words: 'needle' });
    expect(shown().search).toEqual({ words: 'needle', found: null });
    await settled();
    expect(shown().search?.found?.map(({ contact: of, message: { id } }) => `${of} ${id}`)).toEqual([
      'bob 11',
    ]);
    chat.handle({ kind: 'go-to', contact: 'bob', id: 11 });
    expect(shown()).toMatchObject({ search: null, selected: 'bob', focus: 11 });
    expect(shown().messages.some(({ id }) => id === 11)).toBe(true);
  });

  it('drops what comes for a search that was closed', async () => {
    const { chat, shown, settled } = open();
    chat.handle({ kind: 'search', words: 'needle' });
    chat.handle({ kind: 'close-search' });
    await settled();
    expect(shown().search).toBeNull();
  });
});
