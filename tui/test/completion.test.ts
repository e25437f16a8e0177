import { describe, expect, it } from 'vitest';
import { complete } from '../src/ui/completion.ts';
import { lineOf } from '../src/ui/line-editor.ts';
import { contact } from './chat-fixture.ts';
import { onChat } from './stage.ts';

const CONTACTS = [contact('Bob'), contact('bobby'), contact('carol')];
const completed = (text: string) => {
  const completion = complete(lineOf(text), CONTACTS);
  return completion && [completion.line.text, ...completion.choices];
};

describe('Tab', () => {
  it.each<[string, string[] | null]>([
    ['/con', ['/con', '/config', '/contact']],
    ['/CONT', ['/contact ']],
    ['/mu', ['/mute ']],
    ['/un', ['/un', '/unblock', '/unmute', '/unpin', '/unread']],
    ['/re', ['/re', '/react', '/receipts', '/renew', '/reply']],
    ['/rec', ['/receipts ']],
    ['/xyz', null],
    ['/contact car', ['/contact carol']],
    ['/contact b', ['/contact Bob', 'Bob', 'bobby']],
    ['/verify CAR', ['/verify carol']],
    ['/unpin c', ['/unpin carol']],
    ['/timer c', null],
    ['/help ti', ['/help timer']],
    ['/contact zoe', null],
    ['/contact ', null],
    ['/react :hea', ['/react ❤️']],
    ['hello :part', ['hello 🎉']],
    [':c', [':c', ':clap', ':check', ':cross', ':coffee']],
    ['at 10:3', null],
    ['hello', null],
    ['', null],
  ])('makes of %j %j', (text, expected) => {
    expect(completed(text)).toEqual(expected);
  });

  it('completes at the end of the line alone', () => {
    expect(complete({ ...lineOf('/con'), cursor: 2 }, CONTACTS)).toBeNull();
  });

  it('shows the choices; in the middle of a sentence it does nothing, and on an empty line it goes to the next contact', async () => {
    const { tty, intents, screen } = onChat();
    tty.type('/un\t');
    expect((await screen())[21]).toBe('/unblock  /unmute  /unpin  /unread');
    tty.type('b\t');
    const lines = await screen();
    expect(lines[23]).toBe('> /unblock');
    expect(lines[21]).not.toContain('/unmute');
    tty.type('\x15hello :tadaa\t');
    expect(intents).toEqual([]);
    expect((await screen())[23]).toBe('> hello :tadaa');
    tty.type('\x15\t');
    expect(intents).toEqual([{ kind: 'select', contact: 'carol' }]);
  });
});
