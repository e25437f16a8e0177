import { describe, expect, it } from 'vitest';
import { ALL_COMMANDS } from '../src/ui/commands.ts';
import { fitting } from '../src/ui/fuzzy.ts';
import { chatState } from './chat-fixture.ts';
import { drawing } from './screen.ts';
import { onChat } from './stage.ts';

const ESC = '\x1b[27u';
const UP = '\x1b[A';
const DOWN = '\x1b[B';

const small = () => onChat({ messages: [] }, { width: 50, height: 12 });

describe('what fits what was typed', () => {
  it('is ranked: its beginning, that of a part, anywhere in it, its letters in their order', () => {
    const names = ['alberto', 'mobeta', 'new-beta', 'beta', 'gamma'];
    expect(fitting(names, (name) => name, 'Bet')).toEqual(['beta', 'new-beta', 'mobeta', 'alberto']);
    expect(fitting(names, (name) => name, '')).toEqual(names);
  });
});

describe('the palette', () => {
  it('opens over the input at a slash, and is filtered by what is typed', async () => {
    const { tty, draws, screen } = small();
    tty.type('/re');
    expect((await screen()).slice(2)).toEqual(
      drawing(`
No messages with bob yet.

▸/react :+1:|off     an emoji at the picked mess…
 /receipts on|off    see and show what was read,…
 /renew [NAME]       new keys for the conversati…
 /reply TEXT         answer the picked message, …
 /unread             to the first unread message…

 ● online │ 3 unread │ alice              F1 help
> /re
`),
    );
    expect(draws.at(-1)?.cells[4 * 50 + 1]?.look).toBe('selection');
  });

  it('goes away behind the name, at Esc until something else is typed, and at what is no command', async () => {
    const { tty, screen } = small();
    const isOpen = async () => (await screen()).some((line) => /^[ ▸]\//.test(line));
    tty.type('/verify');
    expect(await isOpen()).toBe(true);
    tty.type(' ');
    expect(await isOpen()).toBe(false);
    tty.type('\x7f');
    expect(await isOpen()).toBe(true);
    tty.type(ESC);
    expect(await isOpen()).toBe(false);
    tty.type('\x7f');
    expect(await isOpen()).toBe(true);
    for (const text of ['//verify', '/zzzz', 'a /verify']) {
      tty.type(`\x15${text}`);
      expect(await isOpen()).toBe(false);
    }
  });

  it("is in nobody's way who types a command in full", () => {
    const { tty, intents } = small();
    tty.type('/search some words\r/mute\r/mute carol\r');
    expect(intents).toEqual([
      { kind: 'search', words: 'some words' },
      { kind: 'mark', contact: 'bob', marks: { muted: true } },
      { kind: 'mark', contact: 'carol', marks: { muted: true } },
    ]);
  });

  it('runs by Enter what was typed the beginning of, and completes what needs more', async () => {
    const { tty, intents, screen } = small();
    tty.type('/statu\r');
    expect(intents).toEqual([{ kind: 'status', contact: 'bob' }]);
    tty.type('/cont\r');
    expect((await screen()).at(-1)).toBe('> /contact');
    expect((await screen()).join(' ')).toContain('Use it as /contact NAME');
    tty.type('dave\r');
    expect(intents.at(-1)).toEqual({ kind: 'add-contact', name: 'dave' });
  });

  it('takes the row that a person went to, around the ends', async () => {
    const { tty, intents, screen } = small();
    tty.type(`/re${DOWN}${DOWN}\r`);
    expect(intents).toEqual([{ kind: 'renew-keys', contact: 'bob' }]);
    tty.type(`/${UP}`);
    expect((await screen()).join('\n')).toContain(`/${ALL_COMMANDS.at(-1)?.name}`);
    tty.type(`${DOWN}${DOWN}\t`);
    expect((await screen()).at(-1)).toBe(`> /${ALL_COMMANDS[1]?.name}`);
  });

  it('leaves Enter alone where nobody said which row is meant', async () => {
    const { tty, intents, screen } = small();
    tty.type('/acept\r');
    expect(intents).toEqual([]);
    expect((await screen()).join(' ')).toContain('Did you mean /accept?');
    tty.type('\x15/\r');
    expect(intents).toEqual([]);
  });

  it('leaves Up and Down to what was sent before, once one is there', () => {
    const { tty, intents } = small();
    tty.type('one\r/mute\r');
    tty.type(`${UP}${UP}\r`);
    expect(intents.at(-1)).toEqual({ kind: 'send', contact: 'bob', text: 'one' });
  });

  it('fits into the smallest window', async () => {
    const { tty, screen } = onChat(chatState(), { width: 40, height: 10 });
    tty.type('/');
    const lines = await screen();
    expect(lines.filter((line) => /^[ ▸]\//.test(line))).toHaveLength(7);
    expect(lines[9]).toBe('> /');
  });
});

describe('lists to read', () => {
  it('are the keys as they are set', async () => {
    const { tty, screen } = onChat();
    tty.type('/keys\r');
    const lines = await screen();
    expect(lines[0]).toBe(' Keys');
    expect(lines[2]).toBe(' enter                     send, or run the command (send)');
    tty.type(`${DOWN}`);
    expect((await screen())[1]).toBe(lines[2]);
    tty.type(ESC);
    expect((await screen()).join('\n')).toContain('Contacts');
  });

  it('are the settings, with what is wrong in them from its beginning to its end', async () => {
    const problem = `line 2, them is no setting: did you mean "theme"? ${'word '.repeat(20)}end.`;
    const { tty, screen } = onChat({}, undefined, {
      config: [
        ['', problem],
        ['vim', 'false'],
      ],
    });
    tty.type('/config\r');
    const lines = await screen();
    expect(lines.join(' ')).toContain('line 2, them is no setting');
    expect(lines.join(' ')).toContain('end.');
    expect(lines).toContain(' vim                       false');
  });
});
