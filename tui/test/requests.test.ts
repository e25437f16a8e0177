import { describe, expect, it } from 'vitest';
import { createAttention } from '../src/app/attention.ts';
import { openChat } from '../src/app/chat.ts';
import type { ChatState } from '../src/ui/state.ts';
import { createTimes } from '../src/ui/times.ts';
import { chatState, contact, message, NOW } from './chat-fixture.ts';
import { clientContact, clientMessage, createFakeClient } from './fake-client.ts';
import { onChat } from './stage.ts';

const HOSTILE = 'free \x1b[31mmoney';
const preview = { sender: 'mallory', text: HOSTILE, at: NOW, state: 'received', deleted: false } as const;
const REQUEST = contact('mallory', { request: true, unread: 2, protection: 'unverified', last: preview });
const contacts = [contact('bob'), contact('carol'), REQUEST];
const opened: Partial<ChatState> = {
  contacts,
  selected: 'mallory',
  messages: [message({ id: 1, sender: 'mallory', text: HOSTILE })],
};

describe('a request', () => {
  it('stands apart in the list: nothing of what it says is shown, and it is counted as one', async () => {
    const lines = await onChat({ contacts }).screen();
    const row = lines.findIndex((line) => line.includes('mallory'));
    expect(lines[row + 1]).toContain('request');
    expect(lines.join('\n')).not.toContain('money');
    expect(lines.at(-2)).toContain('1 request');
    expect(lines.join('\n')).not.toMatch(/\d unread/);
  });

  it('is opened under what it is and what to do, with what it says made harmless', async () => {
    const lines = await onChat(opened).screen();
    const text = lines.map((line) => line.slice(22).trim()).join(' ');
    expect(text).toContain('mallory is no contact of yours: /accept, /decline (drops this) or /block?');
    expect(text).toContain('Until then nothing says that this came, or that you read it.');
    expect(text).toContain('before you compare the safety number: /verify');
    expect(lines.join('\n')).toContain('free');
    expect(lines.join('\n')).not.toContain('\x1b');
  });

  it.each([
    ['unverified', 'are asked for once you accept'],
    ['legacy', 'were lost'],
  ] as const)('under protection %s says of more that came that they %s', async (protection, outcome) => {
    const mallory = { ...REQUEST, protection, notKept: 5 };
    const lines = await onChat({ ...opened, contacts: [mallory] }).screen();
    const text = lines.map((line) => line.slice(22).trim()).join(' ');
    expect(text).toContain(`5 more came than are kept of a request, and ${outcome}.`);
  });

  it('leaves half of the smallest window to what was written', async () => {
    const lines = await onChat(opened, { width: 40, height: 10 }).screen();
    expect(lines[1]).toContain('mallory is no contact of yours');
    expect(lines.join('\n')).toContain('free');
  });

  it('is gone to by Tab, behind all contacts with something unread', () => {
    const { tty, intents } = onChat({ contacts: [contact('bob'), REQUEST, contact('dave', { unread: 1 })] });
    tty.type('\t');
    expect(intents).toEqual([{ kind: 'select', contact: 'dave' }]);
    const other = onChat({ contacts: [contact('bob'), REQUEST, contact('dave')] });
    other.tty.type('\t\x1bu');
    expect(other.intents).toEqual([
      { kind: 'select', contact: 'mallory' },
      { kind: 'select', contact: 'mallory' },
    ]);
  });

  it('is accepted at once, and declined when it is said twice', async () => {
    const { tty, intents, screen } = onChat(opened);
    tty.type('/accept\r/accept MALLORY\r/decline\r');
    expect(intents).toEqual([
      { kind: 'accept-request', contact: 'mallory' },
      { kind: 'accept-request', contact: 'mallory' },
    ]);
    expect((await screen()).join(' ')).toContain('What mallory wrote is dropped, for ever');
    tty.type('/decline\r');
    expect(intents.at(-1)).toEqual({ kind: 'decline-request', contact: 'mallory' });
  });

  it('makes no noise, and is not in the title of the window', () => {
    const said: unknown[] = [];
    const titles: string[] = [];
    const attention = createAttention({
      terminal: {
        signal: (...given) => void said.push(given),
        setTitle: (title) => void titles.push(title),
        onFocus: () => () => {},
      },
      settings: { notify: 'bell', title: true },
      now: () => NOW,
    });
    attention.update(chatState({ contacts: [contact('bob')] }));
    attention.update({ contacts: [contact('bob'), REQUEST] });
    expect(said).toEqual([]);
    expect(titles.at(-1)).toBe('secure-chat — alice');
    attention.update({ contacts: [contact('bob'), contact('mallory', { unread: 3 })] });
    expect(said).toHaveLength(1);
  });
});

describe('the chat with a request', () => {
  const open = () => {
    const fake = createFakeClient({
      contacts: [
        clientContact('aaron', { request: true, unread: 0, lastMessageAt: NOW + 1 }),
        clientContact('bob', { lastMessageAt: NOW }),
        clientContact('carol', { blocked: true }),
      ],
      messages: [clientMessage({ contact: 'aaron', sender: 'aaron' })],
    });
    const shown: Partial<ChatState>[] = [];
    const chat = openChat({
      client: fake.client,
      welcome: null,
      newcomer: null,
      show: (part) => void shown.push(part),
      resolvePath: (path) => path,
      onEnded: () => {},
      onDeleted: () => {},
      clock: { now: () => NOW, startTimer: () => () => {} },
      times: createTimes('UTC'),
    });
    return { ...fake, chat, shown };
  };

  it('lists it behind the contacts, and opens on it by itself never', () => {
    const { chat } = open();
    const { contacts: listed, selected } = chat.state();
    expect(listed.map(({ username }) => username)).toEqual(['bob', 'aaron', 'carol']);
    expect(selected).toBe('bob');
  });

  it('does at the client what the person decides, and says what came of it', () => {
    const { chat, calls, shown } = open();
    expect(chat.handle({ kind: 'accept-request', contact: 'aaron' })).toBeNull();
    expect(shown.map(({ notice }) => notice?.text)).toContain(
      'aaron is a contact now, and sees what you have read.',
    );
    expect(chat.handle({ kind: 'decline-request', contact: 'aaron' })).toBeNull();
    expect(calls).toEqual([
      ['acceptRequest', 'aaron'],
      ['declineRequest', 'aaron'],
    ]);
  });
});
