import { describe, expect, it } from 'vitest';
import type { Intent } from '../src/ui/intents.ts';
import { contact, NUMBER } from './chat-fixture.ts';
import { onChat } from './stage.ts';

const UP = '\x1b[A';
const ESC = '\x1b[27u';
const BOB = 'bob';

describe('commands of the chat', () => {
  it.each<[string, Intent]>([
    ['/verify', { kind: 'verify', contact: BOB }],
    ['/verify CAROL', { kind: 'verify', contact: 'carol' }],
    ['/verify stranger', { kind: 'verify', contact: 'stranger' }],
    ['/renew', { kind: 'renew-keys', contact: BOB }],
    ['/renew dave', { kind: 'renew-keys', contact: 'dave' }],
    ['/timer 1h', { kind: 'set-timer', contact: BOB, seconds: 3600 }],
    ['/timer off', { kind: 'set-timer', contact: BOB, seconds: 0 }],
    ['/export ~/my  copy', { kind: 'export', file: '~/my  copy' }],
    ['/lock', { kind: 'lock' }],
    ['/status', { kind: 'status', contact: BOB }],
    ['/receipts', { kind: 'setting', setting: 'receipts', on: null }],
    ['/receipts ON', { kind: 'setting', setting: 'receipts', on: true }],
    ['/typing', { kind: 'setting', setting: 'typing', on: null }],
    ['/typing off', { kind: 'setting', setting: 'typing', on: false }],
    // Nothing has changed: the app says so.
    ['/accept', { kind: 'accept-identity', contact: BOB }],
  ])('%s does what it says', (line, intent) => {
    const { tty, intents } = onChat();
    tty.type(`${line}\r`);
    expect(intents).toEqual([intent]);
  });

  it.each(['/verify', '/accept', '/renew', '/clear', '/timer 1h', '/status'])(
    '%s asks for a contact where none is picked, and stays for it',
    async (line) => {
      const { tty, intents, screen } = onChat({ selected: null, messages: [] });
      tty.type(`${line}\r`);
      expect(intents).toEqual([]);
      expect((await screen()).slice(-3).join('\n')).toMatch(/Pick a contact first: .*\n.*\n> \/\w+/);
    },
  );

  it('says what a timer may be', async () => {
    const { tty, intents, screen } = onChat();
    tty.type('/timer 1s\r');
    expect(intents).toEqual([]);
    const lines = await screen();
    expect(lines.slice(-4).join(' ')).toContain('from 5s to 4w');
    expect(lines[23]).toBe('> /timer 1s');
  });

  it.each(['receipts', 'typing'])('says how /%s is used', async (name) => {
    const { tty, intents, screen } = onChat();
    tty.type(`/${name} maybe\r`);
    expect(intents).toEqual([]);
    const lines = await screen();
    expect(lines[21]).toBe(`! Use it as /${name} on or /${name} off; /${name} alone says how it is.`);
    expect(lines[23]).toBe(`> /${name} maybe`);
  });

  it('shows the sentence of a refusal, and keeps the command for correction', async () => {
    const { tty, refuse, screen } = onChat();
    refuse('bob has no key that could be renewed.');
    tty.type('/renew\r');
    const lines = await screen();
    expect(lines[21]).toBe('! bob has no key that could be renewed.');
    expect(lines[23]).toBe('> /renew');
  });
});

describe('commands that take two steps', () => {
  const contacts = [contact('bob', { protection: 'changed' }), contact('carol', { protection: 'changed' })];

  it.each<[string, string, Intent]>([
    ['/accept', 'The key of bob has changed', { kind: 'accept-identity', contact: BOB }],
    ['/accept Carol', 'The key of carol has changed', { kind: 'accept-identity', contact: 'carol' }],
    ['/clear', 'This deletes all messages with bob', { kind: 'delete-history', contact: BOB }],
    ['/new-identity', 'All your contacts are warned', { kind: 'renew-identity' }],
  ])('%s says first what it means, and is done when it is repeated', async (line, sentence, intent) => {
    const { tty, intents, screen } = onChat({ contacts });
    tty.type(`${line}\r`);
    expect(intents).toEqual([]);
    const lines = await screen();
    expect(lines.join(' ')).toContain(sentence);
    expect(lines.join(' ')).toMatch(/epeat/);
    expect(lines[23]).toBe('>');
    tty.type(`${UP}\r`);
    expect(intents).toEqual([intent]);
    tty.type(`${line}\r`);
    expect(intents).toHaveLength(1);
  });

  it.each([
    ['Esc', ESC],
    ['another command', '/help\r'],
    ['the same for somebody else', '/accept carol\r'],
    ['a message', 'hello\r'],
    ['a mistake', '/acept\r\x15'],
  ])('are asked anew after %s', (_what, bytes) => {
    const { tty, intents } = onChat({ contacts });
    tty.type('/accept\r');
    tty.type(bytes);
    tty.type('/accept\r');
    expect(intents.filter(({ kind }) => kind === 'accept-identity')).toEqual([]);
  });

  it('are asked anew after a warning, which may change the mind', () => {
    const { tty, ui, intents } = onChat({ contacts });
    tty.type('/accept\r');
    ui.updateChat({ warnings: ['The key of bob has changed once more.'] });
    tty.type('/accept\r');
    expect(intents).toEqual([]);
  });

  it('are asked anew for the contact that was picked meanwhile', () => {
    const { tty, ui, intents } = onChat({ contacts });
    tty.type('/clear\r');
    ui.updateChat({ selected: 'carol' });
    tty.type('/clear\r');
    expect(intents).toEqual([]);
  });
});

describe('changing the password', () => {
  const opened = () => {
    const stage = onChat();
    stage.tty.type('/password\r');
    return stage;
  };

  it('asks for three, never draws them, and keeps nothing of them', async () => {
    const { tty, ui, intents, screen } = opened();
    tty.type('old-s3cret\rnew-s3cret\rnew-s3cret');
    const lines = (await screen()).join('\n');
    expect(lines).toContain('Change the password');
    expect(lines).toContain('▸ Repeat    [••••••••••');
    tty.type('\r');
    expect(intents).toEqual([{ kind: 'change-password', current: 'old-s3cret', next: 'new-s3cret' }]);
    ui.updateChat({ answer: { isDone: true } });
    expect((await screen())[0]).toContain('Contacts');
    for (let step = 0; step < 5; step += 1) {
      tty.type(UP);
      await screen();
    }
    tty.type('\x15/password\r');
    expect((await screen()).join('\n')).not.toContain('•');
    expect(tty.written()).not.toContain('s3cret');
  });

  it('says what is missing or wrong, and where', async () => {
    const { tty, intents, screen } = opened();
    const text = async () => (await screen()).join('\n');
    tty.type('\r');
    expect(await text()).toContain('! Type the current password.');
    tty.type('current\rshort\r');
    expect(await text()).toContain('! Choose a longer password.');
    tty.type('\x15long enough\r');
    expect(await text()).not.toContain('!');
    tty.type('long enouhg\r');
    expect(await text()).toContain('! The two new passwords differ');
    tty.type('\x15long enough');
    tty.type('\x1b[A\x1b[A\x15\x1b[Z\r');
    expect(await text()).toContain('! Type the current password.');
    expect(await text()).toContain('▸ Current');
    expect(intents).toEqual([]);
  });

  it('keeps the form, with its fields, when the app refuses at once', async () => {
    const { tty, refuse, screen } = opened();
    refuse('Not now.');
    tty.type('current\rlong enough\rlong enough\r');
    const lines = (await screen()).join('\n');
    expect(lines).toContain('! Not now.');
    expect(lines).toContain('▸ Repeat    [•••••••••••');
  });

  it('stays open with a wrong password, empty, at its first field: nothing gets into the conversation', async () => {
    const { tty, ui, intents, screen } = opened();
    tty.type('wrong one\rlong enough\rlong enough\r');
    tty.type('typed too early\r');
    expect(intents).toHaveLength(1);
    ui.updateChat({ answer: { isDone: false } });
    ui.updateChat({ notice: { kind: 'error', text: 'The password is wrong. Try again.' } });
    const lines = (await screen()).join('\n');
    expect(lines).toContain('! The password is wrong. Try again.');
    expect(lines).toContain('▸ Current   [ ');
    expect(lines).not.toContain('•');
    tty.type('old-s3cret\rnew-s3cret\rnew-s3cret\r');
    expect(intents.slice(1)).toEqual([
      { kind: 'change-password', current: 'old-s3cret', next: 'new-s3cret' },
    ]);
    expect(tty.written()).not.toContain('s3cret');
  });

  it('closes with Esc, and is empty the next time', async () => {
    const { tty, screen } = opened();
    tty.type(`current${ESC}`);
    expect((await screen())[0]).toContain('Contacts');
    tty.type('/password\r');
    expect((await screen()).join('\n')).not.toContain('•');
  });

  it('takes no password on the command line, and does not leave it there', async () => {
    const { tty, intents, screen } = onChat();
    tty.type('/password old-s3cret new-s3cret\r');
    const lines = await screen();
    expect(lines.join(' ')).toContain('Type /password alone');
    expect(lines[23]).toBe('>');
    tty.type(UP);
    expect((await screen())[23]).toBe('>');
    expect(intents).toEqual([]);
  });

  it('has room for its fields in the smallest window under the longest warning', async () => {
    const { tty, screen } = onChat({ warnings: ['word '.repeat(200)] }, { width: 40, height: 10 });
    tty.type('/password\r');
    const lines = await screen();
    expect(lines.slice(0, 5)).toEqual([
      ' Change the password',
      ' ▸ Current   [                        ]',
      '   New       [                        ]',
      '   Repeat    [                        ]',
      expect.stringContaining('! Warning'),
    ]);
  });
});

describe('warnings', () => {
  const warnings = ['The key of bob has changed.', 'The server showed two keys of carol.'];

  it('are shown one at a time until each was dismissed, then cleared', async () => {
    const { tty, intents, screen } = onChat({ warnings });
    expect((await screen())[21]).toBe('! Warning (1 more, Esc: next): The key of bob has changed.');
    tty.type(ESC);
    expect((await screen())[21]).toBe('! Warning (Esc: seen): The server showed two keys of carol.');
    expect(intents).toEqual([]);
    tty.type(ESC);
    expect(intents).toEqual([{ kind: 'clear-warnings' }]);
    expect((await screen())[21]).toBe('');
  });

  it('stay over what is typed and sent', async () => {
    const { tty, screen } = onChat({ warnings });
    tty.type('hello\r/verify\r');
    expect((await screen())[21]).toContain('The key of bob has changed.');
  });

  it('that come are seen at once, in place of another notice, from the first on after they were cleared', async () => {
    const { tty, ui, screen } = onChat({ notice: { kind: 'info', text: 'Welcome.' } });
    ui.updateChat({ warnings: warnings.slice(0, 1) });
    expect((await screen())[21]).toContain('The key of bob has changed.');
    tty.type(ESC);
    ui.updateChat({ warnings: [] });
    ui.updateChat({ warnings });
    expect((await screen())[21]).toContain('1 more');
  });

  it('wait while the answer to a command is shown, and come back', async () => {
    const { tty, screen } = onChat({ warnings });
    tty.type('/nonsense\r');
    expect((await screen()).join(' ')).toContain('There is no command /nonsense.');
    tty.type(ESC);
    expect((await screen())[21]).toContain('The key of bob has changed.');
  });

  it('are dismissed by nothing that closes another view', async () => {
    const { tty, ui, intents, screen } = onChat({ warnings });
    ui.updateChat({ verification: { contact: 'bob', number: NUMBER } });
    tty.type(ESC);
    ui.updateChat({ verification: null });
    tty.type(`\x1bOP${ESC}`);
    expect((await screen())[21]).toContain('The key of bob has changed.');
    expect(intents).toEqual([{ kind: 'close-verification' }]);
  });

  it('are all shown, also where old ones go while new ones come', async () => {
    const { tty, ui, intents, screen } = onChat({ warnings });
    tty.type(ESC);
    ui.updateChat({ warnings: ['The server showed two keys of carol.', 'The key of dave has changed.'] });
    expect((await screen())[21]).toContain('(1 more, Esc: next): The server showed two keys of carol.');
    tty.type(ESC);
    expect((await screen())[21]).toContain('(Esc: seen): The key of dave has changed.');
    expect(intents).toEqual([]);
  });

  it.each([
    [10, 4],
    [24, 8],
  ])('take in a window of %i rows at most %i', async (height, rows) => {
    const { screen } = onChat({ warnings: ['word '.repeat(300)] }, { width: 40, height });
    const lines = await screen();
    expect(lines[height - 2 - rows]).toMatch(/^! Warning/);
    expect(lines[height - 3]).toMatch(/…$/);
    expect(lines[height - 2]).toContain('online');
  });
});
