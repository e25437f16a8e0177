import { describe, expect, it } from 'vitest';
import { bindingsWith } from '../src/keys/key-table.ts';
import { chatState, message, NUMBER } from './chat-fixture.ts';
import { onChat } from './stage.ts';

const ESC = '\x1b[27u';

const messages = Array.from({ length: 60 }, (_, index) =>
  message({ id: index + 1, text: `number ${index + 1}.` }),
);

const inVim = () => {
  const stage = onChat({ messages }, undefined, { vim: true });
  return { ...stage, input: async () => (await stage.screen()).at(-1) };
};

describe("vim's modes", () => {
  it("are nobody's who has not asked for them", async () => {
    const { tty, screen } = onChat({ messages });
    tty.type(`jk${ESC}x`);
    expect((await screen()).at(-1)).toBe('> jkx');
  });

  it('begin with insert; Esc is normal, which the prompt says, and where nothing is typed', async () => {
    const { tty, input } = inVim();
    tty.type('hello');
    expect(await input()).toBe('> hello');
    tty.type(`${ESC}qqz`);
    expect(await input()).toBe('normal> hello');
    tty.type('a!');
    expect(await input()).toBe('> hello!');
  });

  it.each([
    ['h', 'one two', 'hhiX', '> one tXwo'],
    ['0 and l', 'one two', '0liX', '> oXne two'],
    ['$ and a', 'one two', '0$aX', '> one twoX'],
    ['b', 'one two', 'biX', '> one Xtwo'],
    ['w', 'one two', '0wiX', '> one Xtwo'],
    ['I', 'one two', 'IX', '> Xone two'],
    ['A', 'one two', '0AX', '> one twoX'],
    ['o', 'one', 'oX', '  X'],
    ['x', 'one two', '0xx', 'normal> e two'],
    ['d w', 'one two', '0dw', 'normal> two'],
    ['d d', 'one two', 'dd', 'normal>'],
    ['u after d d', 'one two', 'ddu', 'normal> one two'],
    ['u after x x', 'one two', '0xxuu', 'normal> one two'],
    ['d and something else', 'one two', '0dx', 'normal> ne two'],
  ])('%s edits the input', async (_key, text, keys, line) => {
    const { tty, input } = inVim();
    tty.type(`${text}${ESC}${keys}`);
    expect(await input()).toBe(line);
  });

  it('go through the messages, and say something of the picked one', async () => {
    const { tty, intents, input, screen } = inVim();
    tty.type(`${ESC}kkj`);
    expect(await input()).toBe('normal picked>');
    tty.type('kr');
    expect(await input()).toBe('reply>');
    tty.type('so\r');
    expect(intents.at(-1)).toEqual({ kind: 'reply', contact: 'bob', id: 59, text: 'so' });
    tty.type(`${ESC}gg`);
    expect((await screen()).join('\n')).toContain('number 1.');
    tty.type('G');
    expect((await screen()).join('\n')).toContain('number 60.');
  });

  it('let go of the picked message when writing begins', async () => {
    const { tty, input } = inVim();
    tty.type(`${ESC}kired`);
    expect(await input()).toBe('> red');
  });

  it('search, and go through what was found without its list', async () => {
    const { tty, ui, intents, screen } = inVim();
    tty.type(`${ESC}n`);
    expect((await screen()).join(' ')).toContain('Nothing has been found yet');
    tty.type('/lunch\r');
    expect(intents).toEqual([{ kind: 'search', words: 'lunch' }]);
    const found = [50, 30, 10].map((id) => ({ contact: 'bob', message: message({ id }) }));
    ui.updateChat({ search: { words: 'lunch', found } });
    ui.updateChat({ search: null, focus: 30 });
    tty.type('n');
    expect(intents.at(-1)).toEqual({ kind: 'go-to', contact: 'bob', id: 10 });
    tty.type('N');
    expect(intents.at(-1)).toEqual({ kind: 'go-to', contact: 'bob', id: 50 });
    ui.updateChat({ focus: 10 });
    tty.type('n');
    expect((await screen()).join(' ')).toContain('the oldest message that was found');
  });

  it('give the draft back behind a command or a search, in normal mode', async () => {
    const { tty, intents, drafts, input } = inVim();
    tty.type(`my draft${ESC}:mute`);
    expect(await input()).toBe('> /mute');
    expect(drafts.at(-1)).toEqual(['bob', 'my draft']);
    tty.type('\r');
    expect(await input()).toBe('normal> my draft');
    expect(drafts.at(-1)).toEqual(['bob', 'my draft']);
    tty.type('/lunch\r');
    expect(intents.at(-1)).toEqual({ kind: 'search', words: 'lunch' });
    expect(await input()).toBe('normal> my draft');
  });

  it('give the draft back where the command is not wanted, refused or left for another contact', async () => {
    const { tty, ui, refuse, input } = inVim();
    tty.type(`my draft${ESC}:mute x${ESC}`);
    expect(await input()).toBe('normal> my draft');
    refuse('Not now.');
    tty.type(':mute\r');
    expect(await input()).toBe('> /mute');
    tty.type(' ');
    ui.updateChat({ selected: 'dave', messages: [] });
    expect(await input()).toBe('>');
    ui.updateChat({ selected: 'bob' });
    expect(await input()).toBe('> my draft');
  });

  it('are normal where a search hit was opened: n goes on from it', async () => {
    const { tty, ui, intents, input } = inVim();
    tty.type(`${ESC}/lunch\r`);
    const found = [50, 30].map((id) => ({ contact: 'bob', message: message({ id }) }));
    ui.updateChat({ search: { words: 'lunch', found } });
    tty.type('\r');
    ui.updateChat({ search: null, focus: 50 });
    expect(await input()).toBe('normal picked>');
    tty.type('n');
    expect(intents.at(-1)).toEqual({ kind: 'go-to', contact: 'bob', id: 30 });
  });

  it('take Esc and a character that come at once for what they are', async () => {
    const { tty, input } = inVim();
    tty.type('one two\x1bx');
    expect(await input()).toBe('normal> one two');
    tty.type('0\x1bA!');
    expect(await input()).toBe('> one two!');
  });

  it('begin a command at a colon', async () => {
    const { tty, intents } = inVim();
    tty.type(`${ESC}:mute\r`);
    expect(intents).toEqual([{ kind: 'mark', contact: 'bob', marks: { muted: true } }]);
  });
});

describe('keys that a person has set', () => {
  it('count in place of those of the table', async () => {
    const keys = bindingsWith({ switch: ['ctrl-t'], help: [], 'page-up': ['ctrl-x ctrl-u'] });
    const { tty, screen } = onChat(chatState({ messages }), undefined, { keys });
    tty.type('\x0b\x1bOP');
    expect((await screen())[0]).toContain('Contacts');
    tty.type('\x18\x15');
    expect((await screen()).join('\n')).not.toContain('number 60.');
    tty.type('\x14');
    expect((await screen())[0]).toBe(' Go to:');
  });
});

describe('a key that means nothing', () => {
  it('is Esc and the character where Alt is said to be held, but for what is written over the chat', async () => {
    const { tty, ui, intents, screen } = onChat({ messages });
    tty.type('\x1b[1;2A');
    expect((await screen()).at(-1)).toBe('picked>');
    tty.type('\x1bQ');
    expect((await screen()).at(-1)).toBe('> Q');
    ui.updateChat({ verification: { contact: 'bob', number: NUMBER } });
    tty.type('\x1bv');
    expect(intents).toEqual([]);
  });

  it('says how to leave where it was to quit', async () => {
    const { tty, screen } = onChat({}, undefined, { keys: bindingsWith({ quit: [] }) });
    tty.type('\x03');
    expect((await screen()).join(' ')).toContain('/quit leaves.');
  });
});

describe('the input', () => {
  it('takes back what was changed, typing word by word', async () => {
    const { tty, screen } = onChat();
    const input = async () => (await screen()).at(-1);
    tty.type('one two\x17');
    expect(await input()).toBe('> one');
    tty.type('\x1f');
    expect(await input()).toBe('> one two');
    tty.type('\x1f');
    expect(await input()).toBe('> one');
    tty.type('\x1f\x1f\x1f');
    expect(await input()).toBe('>');
  });

  it('goes up and down in a text of several lines, before it goes to what was sent', async () => {
    const { tty, screen } = onChat();
    tty.type('sent\r');
    tty.type('one\ntwo\x1b[A-');
    expect((await screen()).slice(-2)).toEqual(['> one-', '  two']);
    tty.type('\x1b[A');
    expect((await screen()).at(-1)).toBe('> sent');
    tty.type('\x1b[B\x1b[B');
    expect((await screen()).slice(-2)).toEqual(['> one-', '  two']);
  });
});
