import { describe, expect, it, vi } from 'vitest';
import type { Intent } from '../src/ui/intents.ts';
import { LINE_MAX } from '../src/ui/line-editor.ts';
import type { Message } from '../src/ui/state.ts';
import { createTimes } from '../src/ui/times.ts';
import { contact, message, NOW, STRANGER, signInState } from './chat-fixture.ts';
import { createStage, onChat, type Stage } from './stage.ts';

const UP = '\x1b[A';
const PAGE_UP = '\x1b[5~';
const PAGE_DOWN = '\x1b[6~';
const CTRL_C = '\x03';
const F2 = '\x1bOQ';

const numbered = (from: number, to: number): Message[] =>
  Array.from({ length: to - from }, (_, index) =>
    message({ id: from + index, text: `message ${from + index}.` }),
  );

describe('ui', () => {
  it('paints once for however many events of a tick', async () => {
    const { ui, tty, draws, screen } = onChat();
    for (let index = 0; index < 50; index += 1) ui.updateChat({ contacts: [] });
    tty.type('hello');
    for (let width = 60; width < 90; width += 1) tty.resize(width, 24);
    await screen();
    expect(draws).toHaveLength(1);
    expect(draws[0]?.width).toBe(89);
  });

  it('sends what was typed to the selected contact, and empties the line', async () => {
    const { tty, intents, screen } = onChat();
    tty.type('hi 👩🏽‍💻\r');
    expect(intents).toEqual([{ kind: 'send', contact: 'bob', text: 'hi 👩🏽‍💻' }]);
    expect((await screen())[23]).toBe('>');
    tty.type(UP);
    expect((await screen())[23]).toBe('> hi 👩🏽‍💻');
  });

  it('sends a paste of many lines as one message, without its last line break, when Enter is pressed', async () => {
    const { tty, intents, screen } = onChat();
    tty.type('\x1b[200~one\rtwo\r\x1b[201~');
    expect(intents).toEqual([]);
    expect((await screen()).slice(22)).toEqual(['> one', '  two']);
    tty.type('\r');
    expect(intents).toEqual([{ kind: 'send', contact: 'bob', text: 'one\ntwo' }]);
  });

  it('says so when a paste is too long for a message', async () => {
    const { tty, intents, screen } = onChat();
    tty.type(`\x1b[200~${'a'.repeat(LINE_MAX + 1)}\x1b[201~`);
    expect((await screen())[16]).toContain('at most 32,000 bytes');
    tty.type('\r');
    expect(intents).toMatchObject([{ kind: 'send', text: 'a'.repeat(LINE_MAX) }]);
  });

  it('counts what is pasted in bytes, and cuts between clusters', async () => {
    const { tty, intents, screen } = onChat();
    tty.type(`\x1b[200~${'日本'.repeat(6_000)}\x1b[201~\r`);
    expect(intents).toMatchObject([{ kind: 'send', text: `${'日本'.repeat(5_333)}` }]);
    expect((await screen()).join('\n')).not.toContain('Cut off');
  });

  it('says nothing of the kind when all of it fits', async () => {
    const { tty, screen } = onChat();
    tty.type(`\x1b[200~${'a'.repeat(LINE_MAX)}\x1b[201~`);
    expect((await screen())[21]).not.toContain('Cut off');
  });

  it('keeps what was typed when the app refuses it, and shows why', async () => {
    const { tty, refuse, screen } = onChat();
    refuse('Too long: at most 10 characters.');
    tty.type('hello world\r');
    const lines = await screen();
    expect(lines[23]).toBe('> hello world');
    expect(lines[21]).toBe('! Too long: at most 10 characters.');
  });

  it('keeps what was typed when no contact is picked, leaves room for a command, and takes it to the first', async () => {
    const { tty, ui, intents, screen } = onChat({ selected: null, messages: [] });
    tty.type('hello\r');
    expect(intents).toEqual([]);
    const lines = await screen();
    expect(lines[21]).toBe('! Pick a contact first: Tab, or /contact NAME. What you typed waits for it.');
    expect(lines[23]).toBe('>');
    tty.type('again\r');
    tty.type('/contact bob\r');
    expect(intents).toEqual([{ kind: 'add-contact', name: 'bob' }]);
    ui.updateChat({ selected: 'bob' });
    expect((await screen()).slice(22)).toEqual(['> hello', '  again']);
    ui.updateChat({ selected: 'dave' });
    expect((await screen())[23]).toBe('>');
  });

  it('picks the first contact with Tab when nothing is unread and nobody is picked', () => {
    const contacts = [contact('bob')];
    const { tty, intents } = onChat({ selected: null, messages: [], contacts });
    tty.type('hello\t');
    expect(intents).toEqual([{ kind: 'select', contact: 'bob' }]);
  });

  it('keeps a draft for each contact', async () => {
    const { tty, ui, screen } = onChat();
    tty.type('for bob');
    ui.updateChat({ selected: 'dave', messages: [] });
    expect((await screen())[23]).toBe('>');
    tty.type('for dave');
    ui.updateChat({ selected: 'bob' });
    expect((await screen())[23]).toBe('> for bob');
  });

  it.each([
    ['\x1b[1;5B', 'carol'],
    ['\x1b[1;3A', 'dave'],
    ['\x0e', 'carol'],
    ['\x10', 'dave'],
    ['\t', 'carol'],
    ['\x1b[Z', 'dave'],
  ])('moves between contacts with %j', (bytes, contact) => {
    const { tty, intents } = onChat();
    tty.type(bytes);
    expect(intents).toEqual([{ kind: 'select', contact }]);
  });

  it('goes with Tab to unread messages before anyone else', () => {
    const contacts = [contact('bob'), contact('carol'), contact('dave', { unread: 1 })];
    const { tty, intents } = onChat({ contacts });
    tty.type('\t');
    expect(intents).toEqual([{ kind: 'select', contact: 'dave' }]);
  });

  it('goes with Tab through what is unread below, before it leaves the conversation', () => {
    const messages = Array.from({ length: 60 }, (_, index) => message({ id: index + 1 }));
    const { tty, ui, intents } = onChat({
      contacts: [contact('bob', { unread: 40 }), contact('carol')],
      messages,
    });
    tty.type('\t');
    expect(intents).toEqual([]);
    ui.updateChat({ contacts: [contact('bob'), contact('carol', { unread: 1 })] });
    tty.type('\t');
    expect(intents).toEqual([{ kind: 'select', contact: 'carol' }]);
  });

  it.each<[string, Intent]>([
    [
      'hello :smile: (:+1:) at 10:ok:20, :nobody:',
      { kind: 'send', contact: 'bob', text: 'hello 😄 (👍) at 10:ok:20, :nobody:' },
    ],
    ['`a :ok: b` :ok:', { kind: 'send', contact: 'bob', text: '`a :ok: b` 👌' }],
    ['/contact Bob', { kind: 'add-contact', name: 'Bob' }],
    ['/logout', { kind: 'logout' }],
    ['/quit', { kind: 'quit' }],
    ['//quit', { kind: 'send', contact: 'bob', text: '/quit' }],
  ])('takes %s as what it says', (line, intent) => {
    const { tty, intents } = onChat();
    tty.type(`${line}\r`);
    expect(intents).toEqual([intent]);
  });

  it('opens the help by /help and F1, closes it by Esc, and keeps an unknown command for correction', async () => {
    const { tty, screen } = onChat();
    tty.type('/help\r');
    expect((await screen())[0]).toContain('Help');
    tty.type('\x1bOP');
    expect((await screen())[0]).toContain('Contacts');
    tty.type('/hepl\r');
    const lines = await screen();
    expect(lines[20]).toContain('Did you mean /help?');
    expect(lines[23]).toBe('> /hepl');
  });

  it('quits on the second Ctrl-C within three seconds', async () => {
    const { tty, intents, advance, screen } = onChat();
    tty.type(CTRL_C);
    expect((await screen())[21]).toContain('Press Ctrl-C again');
    advance(3001);
    tty.type(CTRL_C);
    expect(intents).toEqual([]);
    tty.type(CTRL_C);
    expect(intents).toEqual([{ kind: 'quit' }]);
  });

  it('paints all of the screen again on Ctrl-L', async () => {
    const { tty, screen } = onChat();
    await screen();
    const before = tty.written().length;
    tty.type('\x0c');
    await screen();
    expect(tty.written().slice(before)).toContain('Contacts');
  });

  it('scrolls by pages without moving when messages arrive, and counts the new ones', async () => {
    const { tty, ui, intents, screen } = onChat({ messages: numbered(0, 100), hasOlder: true });
    expect((await screen())[20]).toContain('message 99.');
    tty.type(PAGE_UP);
    const read = await screen();
    expect(read[20]).toContain('more below');
    expect(read[1]).toContain('message 63.');
    expect(read[19]).toContain('message 81.');
    ui.updateChat({ messages: numbered(0, 102) });
    const after = await screen();
    expect(after.slice(1, 20)).toEqual(read.slice(1, 20));
    expect(after[20]).toContain('2 new messages below');
    tty.type(PAGE_DOWN);
    tty.type(PAGE_DOWN);
    expect((await screen())[20]).toContain('message 101.');
    expect(intents).toEqual([]);
  });

  it('asks for older messages at the top, and stays where it is when they come', async () => {
    const { tty, ui, intents, screen } = onChat({ messages: numbered(50, 100), hasOlder: true });
    for (let index = 0; index < 4; index += 1) tty.type(PAGE_UP);
    expect(intents[0]).toEqual({ kind: 'load-older', contact: 'bob' });
    const read = await screen();
    expect(read[1]).toContain('Tuesday 4 March 2025');
    expect(read[2]).toContain('message 50.');
    ui.updateChat({ messages: numbered(0, 100), hasOlder: false });
    expect((await screen())[2]).toContain('message 50.');
    tty.type(PAGE_UP);
    expect((await screen())[19]).toContain('message 49.');
  });

  it('reads through one message that is longer than the window', async () => {
    const text = Array.from({ length: 60 }, (_, index) => `row ${index}.`).join('\n');
    const { tty, screen } = onChat({
      messages: [message({ text })],
    });
    const seen = new Set<string>();
    for (let index = 0; index < 5; index += 1) {
      for (const row of (await screen()).join('\n').matchAll(/row \d+\./g)) seen.add(row[0]);
      tty.type(PAGE_UP);
    }
    expect(seen.size).toBe(60);
    expect((await screen())[2]).toContain('row 0.');
  });

  it('counts down while offline, and stops when online', async () => {
    const { ui, ticks, advance, screen } = onChat({
      connection: { kind: 'offline', retryAt: NOW + 5000, reason: 'No answer.' },
    });
    expect((await screen())[22]).toContain('retrying in 5 s');
    advance(2000);
    ticks[0]?.();
    expect((await screen())[22]).toContain('retrying in 3 s');
    ui.updateChat({ connection: { kind: 'online' } });
    expect((await screen())[22]).toContain('● online');
    expect(ticks).toEqual([]);
  });

  it('keeps what is typed, here and at others, over lost connections, and says how it is at each moment', async () => {
    const { tty, ui, screen } = onChat();
    tty.type('for bob');
    ui.updateChat({ selected: 'dave', messages: [] });
    tty.type('for dave');
    for (const [connection, says] of [
      [{ kind: 'offline', retryAt: NOW + 2000, reason: 'No answer.' }, '○ offline, retrying in 2 s'],
      [{ kind: 'offline', retryAt: NOW, reason: 'No answer.' }, '○ offline, retrying now'],
      [{ kind: 'offline', retryAt: Number.POSITIVE_INFINITY, reason: 'No answer.' }, '○ offline'],
      [{ kind: 'connecting' }, '◌ connecting…'],
      [{ kind: 'online' }, '● online'],
    ] as const) {
      ui.updateChat({ connection });
      const lines = await screen();
      expect(lines[22]).toContain(says);
      expect(lines[21]).toBe(connection.kind === 'offline' ? 'No answer.' : '');
      expect(lines[23]).toBe('> for dave');
    }
    ui.updateChat({ selected: 'bob' });
    expect((await screen())[23]).toBe('> for bob');
  });

  it('draws nothing and hears nothing after it was closed', async () => {
    const { tty, ui, intents, draws, screen } = onChat();
    ui.close();
    ui.updateChat({ notice: { kind: 'info', text: 'late' } });
    tty.type('x\r');
    await screen();
    expect([...draws, ...intents]).toEqual([]);
  });
});

describe('sign-in form', () => {
  const onForm = (part = {}): Stage => {
    const stage = createStage();
    stage.ui.showSignIn(signInState(part));
    return stage;
  };

  it('takes what was typed before the terminal was raw: there Enter comes as a line feed', () => {
    const { tty, intents } = onForm({ username: '' });
    tty.type('bob\ns3cret-word\n');
    expect(intents).toEqual([{ kind: 'sign-in', username: 'bob', password: 's3cret-word' }]);
  });

  it('signs in with name and password, and never draws or prints the password', async () => {
    const { tty, intents, screen } = onForm({ username: '' });
    tty.type('bob\r');
    tty.type('s3cret-word');
    expect((await screen()).join('\n')).toContain('[•••••••••••');
    tty.type('\r');
    expect(intents).toEqual([{ kind: 'sign-in', username: 'bob', password: 's3cret-word' }]);
    await screen();
    expect(tty.written()).not.toMatch(/s3cret/);
  });

  const server = 'http://127.0.0.1:8000';

  it('creates an account when the two passwords are the same, and says when they differ', async () => {
    const { tty, intents, screen } = onForm();
    tty.type(`${F2}password1\tpassword2\r`);
    expect((await screen()).join('\n')).toContain('The two passwords differ');
    expect(intents).toEqual([]);
    tty.type('\x7f1\r');
    const account = { server, username: 'alice', password: 'password1', invite: null };
    expect(intents).toEqual([{ kind: 'create-account', ...account }]);
  });

  it('checks each field of a new account when it is left, and none of an account that exists', async () => {
    const text = async () => (await screen()).join('\n');
    const { tty, intents, screen } = onForm({ username: '', mode: 'create-account' });
    tty.type('-bob\r');
    expect(await text()).toContain('! Choose another name.');
    expect(await text()).toContain('▸ User name');
    tty.type('\x15bob\rshort\t');
    expect(await text()).toContain('! Choose a longer password.');
    expect(await text()).toContain('▸ Repeat');
    tty.type('short\r');
    expect(await text()).toContain('▸ Password');
    tty.type('\x15long enough\t\x15long\t');
    expect(await text()).toContain('The two passwords differ');
    expect(intents).toEqual([]);
    tty.type(`${F2}\x15-bob\r\x15short\r`);
    expect(intents).toEqual([{ kind: 'sign-in', username: '-bob', password: 'short' }]);
  });

  it('begins a first account at the server, asks whether it is there, and goes on meanwhile', async () => {
    const { tty, ui, intents, screen } = onForm({
      username: '',
      mode: 'create-account',
      serverGiven: false,
      profiles: [],
    });
    const row = async (label: string) => (await screen()).find((line) => line.includes(label));
    expect(await row('Server')).toContain('▸ Server    [http://127.0.0.1:8000');
    tty.type('\x15chat.example.org\r');
    expect((await screen()).join('\n')).toContain('! Choose another server.');
    expect(intents).toEqual([]);
    tty.type('\x15 https://chat.example.org \rali');
    const asked = { server: 'https://chat.example.org', asking: true, problem: null };
    expect(intents).toEqual([{ kind: 'check-server', server: asked.server }]);
    ui.updateSignIn({ serverCheck: asked });
    expect(await row('Server')).toMatch(/\] …$/);
    expect(await row('User name')).toContain('▸ User name [ali ');
    ui.updateSignIn({ serverCheck: { ...asked, asking: false, problem: 'Nobody is there.' } });
    tty.type('ce');
    expect(await row('Server')).toMatch(/\] ✗$/);
    expect(await row('User name')).toContain('[alice ');
    expect((await screen()).join('\n')).toContain('! Nobody is there.');
    // What is known of another address says nothing of this one.
    tty.type('\x1b[A/');
    expect((await screen()).join('\n')).not.toContain('Nobody is there.');
    tty.type('\x7f\r');
    expect(intents).toHaveLength(2);
    ui.updateSignIn({ serverCheck: { ...asked, asking: false } });
    expect(await row('Server')).toMatch(/\] ✓$/);
    tty.type('\x1b[A\r');
    expect(intents).toHaveLength(2);
  });

  it('says in two sentences what the password and the folder are', async () => {
    const { tty, screen } = onForm({ username: '', mode: 'create-account' });
    tty.type('alice\r');
    const text = (await screen()).join(' ').replace(/\s+/g, ' ');
    expect(text).toContain('The password: 8 characters or more. Nobody can reset it: keep it well.');
    expect(text).toContain('It encrypts the folder that is your account, ~/accounts/alice: keep a copy.');
  });

  it('goes to the field that an error is about', async () => {
    const { tty, ui, intents, screen } = onForm({ mode: 'create-account' });
    tty.type('password\rpassword\r');
    ui.updateSignIn({ progress: null, error: 'That name is taken.', errorAt: 'username' });
    expect((await screen()).join('\n')).toContain('▸ User name [alice ');
    tty.type('2');
    expect((await screen()).join('\n')).not.toContain('taken');
    tty.type('\r\r\r');
    expect(intents).toMatchObject([
      { kind: 'create-account', username: 'alice' },
      { kind: 'create-account', username: 'alice2', password: 'password' },
    ]);
  });

  it('asks for an invitation where the server wants one, keeps what was typed, and registers with it', async () => {
    const { tty, ui, intents, screen } = onForm({ mode: 'create-account', serverGiven: true });
    const text = async () => (await screen()).join('\n');
    tty.type('password\rpassword\r');
    expect(await text()).not.toContain('Invite');
    ui.updateSignIn({ progress: null, error: 'This server wants one.', errorAt: 'invite' });
    expect(await text()).toContain('▸ Invite    [  ');
    expect(await text()).toContain('! This server wants one.');
    tty.type('\r');
    expect(await text()).toContain('! Type the code of the invitation.');
    tty.type('x');
    expect(await text()).toContain('An invitation is a code.');
    tty.type(`${'x'.repeat(64)}\r`);
    expect(await text()).toContain('! Type a shorter code.');
    tty.type('\x15 \x1b[200~ABCD-\x1b]0;evil\x071234\x1b[201~ ');
    expect(await text()).toContain('[ ABCD-');
    tty.type('\x15 ABCD-1234 \r');
    const account = { kind: 'create-account', server, username: 'alice', password: 'password' };
    expect(intents).toEqual([
      { ...account, invite: null },
      { ...account, invite: 'ABCD-1234' },
    ]);
    await screen();
    expect(tty.written()).not.toContain('\x1b]0;evil');
  });

  it('asks for no invitation of another server, nor of an account that exists', async () => {
    const { tty, ui, intents, screen } = onForm({ mode: 'create-account' });
    const text = async () => (await screen()).join('\n');
    tty.type('password\rpassword');
    ui.updateSignIn({ error: 'This server wants one.', errorAt: 'invite' });
    tty.type(F2);
    expect(await text()).not.toContain('Invite');
    tty.type(`${F2}\x1b[A\x1b[A2`);
    expect(await text()).not.toContain('Invite');
    tty.type('\r\r\rpassword\r');
    expect(intents.at(-1)).toMatchObject({ kind: 'create-account', server: `${server}2`, invite: null });
  });

  it('lets one choose among several accounts, make a new one, and come back', async () => {
    const profiles = ['alice', 'bob', 'work'];
    const { tty, intents, screen } = onForm({ username: '', mode: 'choose', profiles });
    const text = async () => (await screen()).join('\n');
    expect(await text()).toContain('Who are you?');
    tty.type('\x1b[B\r');
    expect(await text()).toContain('User name [bob ');
    expect(await text()).toContain('▸ Password  [  ');
    tty.type('half of it\x1b');
    await vi.waitFor(async () => expect(await text()).toContain('▸ bob'));
    tty.type(F2);
    expect(await text()).toContain('Create an account');
    tty.type(F2);
    expect(await text()).toContain('▸ bob');
    tty.type('\x1b[A\x1b[A\r');
    tty.type('its password\r');
    expect(intents).toEqual([{ kind: 'sign-in', username: 'work', password: 'its password' }]);
  });

  it('suspends on Ctrl-Z, also while it waits', () => {
    const { tty, ui, intents } = onForm();
    tty.type('\x1a');
    ui.updateSignIn({ progress: 'unlocking' });
    tty.type('\x1a');
    expect(intents).toEqual([{ kind: 'suspend' }, { kind: 'suspend' }]);
  });

  it('asks for what is missing', async () => {
    const { tty, intents, screen } = onForm({ username: '' });
    tty.type('\r');
    expect((await screen()).join('\n')).toContain('Type a user name.');
    tty.type('alice\t\r');
    expect((await screen()).join('\n')).toContain('Type a password.');
    expect(intents).toEqual([]);
  });

  it('takes a password pasted with its line end', () => {
    const { tty, intents } = onForm();
    tty.type('\x1b[200~pass word\r\x1b[201~\r');
    expect(intents).toEqual([{ kind: 'sign-in', username: 'alice', password: 'pass word' }]);
  });

  it('takes nothing more into a field that holds 1,024 characters', () => {
    const { tty, intents } = onForm();
    tty.type(`${'x'.repeat(1030)}\r`);
    expect(intents).toEqual([{ kind: 'sign-in', username: 'alice', password: 'x'.repeat(1024) }]);
  });

  it('keeps what was typed over progress and errors, and takes no keys but Ctrl-C meanwhile', async () => {
    const { tty, ui, intents, screen } = onForm();
    tty.type('password\r');
    ui.updateSignIn({ progress: 'unlocking' });
    tty.type('x\r');
    expect((await screen()).join('\n')).toContain('… unlocking');
    ui.updateSignIn({ progress: null, error: 'Wrong password: try again.' });
    const lines = (await screen()).join('\n');
    expect(lines).toContain('! Wrong password: try again.');
    expect(lines).toContain('[•••••••• ');
    ui.updateSignIn({ progress: 'signing in' });
    tty.type(CTRL_C);
    expect(intents.map(({ kind }) => kind)).toEqual(['sign-in', 'quit']);
  });

  it('asks about a stranger: y and n judge, Esc is no, and neither Enter nor what is typed is yes', async () => {
    const { ui, tty, intents, screen } = createStage();
    ui.showSignIn(signInState({ stranger: STRANGER }));
    tty.type('\rok\tq');
    expect(intents).toEqual([]);
    expect((await screen()).join('\n')).toContain('Is this your server?');
    tty.type('y');
    tty.type('n');
    tty.type('\x1b');
    await vi.waitFor(() => expect(intents).toHaveLength(3));
    expect(intents).toEqual([true, false, false].map((isRight) => ({ kind: 'judge-server', isRight })));
  });

  it('shows a refusal of the app', async () => {
    const { tty, refuse, screen } = onForm();
    refuse('This name cannot be used.');
    tty.type('password\r');
    expect((await screen()).join('\n')).toContain('! This name cannot be used.');
  });

  it('moves between fields by arrows and Shift-Tab', async () => {
    const { tty, screen } = onForm();
    tty.type(UP);
    expect((await screen()).join('\n')).toContain('▸ User name');
    tty.type('\x1b[B');
    expect((await screen()).join('\n')).toContain('▸ Password');
    tty.type('\x1b[Z');
    expect((await screen()).join('\n')).toContain('▸ User name');
  });
});

describe('clock', () => {
  it('survives a time that no calendar holds', () => {
    const times = createTimes('UTC');
    expect([times.clock(9e15), times.day(Number.NaN)]).toEqual(['00:00', 'Thursday 1 January 1970']);
  });
});
