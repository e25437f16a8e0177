import { describe, expect, it } from 'vitest';
import { SMALLEST } from '../src/ui/area.ts';
import { helpOf } from '../src/ui/command-help.ts';
import { ALL_COMMANDS } from '../src/ui/commands.ts';
import { drawHelp, helpOffset } from '../src/ui/help.ts';
import { drawNotice } from '../src/ui/notice.ts';
import { drawing, drawn } from './screen.ts';
import { onChat } from './stage.ts';

const help = (width: number, height: number, offset = 0, vim = false): string[] =>
  drawn(width, height, (grid) => {
    drawHelp(grid, { x: 0, y: 0, width, height }, offset, vim);
    return null;
  }).lines;

describe('the help', () => {
  it('fits a screen of 80x24, grouped by what one wants to do', () => {
    // The rest is for a notice, the status line and the input.
    expect(help(80, 21)).toEqual(
      drawing(`
 Help (Esc closes)
 ── Talk ──────────────────────────────  ── Safety ────────────────────────────
 Enter            send (^J: new line)    /verify          compare safety numbers
 Tab  Alt-U       complete; to unread    /accept /decline a request; a new key
 Ctrl-K /switch   to a contact by name   /new-identity    a new key of your own
 /contact NAME    to anybody             /renew  /clear   new keys; no history
 /search WORDS    in all conversations   ── Your account ──────────────────────
 PgUp PgDn        scroll; Esc: newest    /receipts on|off see and show reading
 /me WAVES        says what you do       /typing on|off   see and show typing
 //text           sends /text            /export FILE     a copy of all of it
 ── A message: Shift-Up picks it, then   /password        change it
 r  /reply TEXT   answer it              /sessions        see them, end them
 e  /edit TEXT    a new text for yours   /lock  /logout   close it; end session
 d  /delete       yours, on both sides   /delete-account  for ever
 +  /react :+1:   an emoji               /quit            leave (Ctrl-C twice)
 ── A contact: the open one, or NAME ──  ── More ──────────────────────────────
 /pin  /mute      first; without noise   /help COMMAND    one, with an example
 /block           nothing of them        /keys  /config   as you have set them
 /note TEXT       your words about them  /he, :he and Tab a command, an emoji
 /timer 1h        messages go by then    /editor  /mouse  your own; on or off
 /status          what arrived, or waits Ctrl-L  Ctrl-Z   redraw; to the shell
`),
    );
  });

  it.each([
    [80, 21],
    [200, 50],
  ])('is whole, and says nothing that is cut off, at %ix%i', (width, height) => {
    const lines = help(width, height);
    expect(lines.join('\n')).not.toContain('…');
    expect(lines[0]).toBe(' Help (Esc closes)');
    expect(helpOffset(10, { width, height })).toBe(0);
  });

  it("says with vim's modes where their keys are", () => {
    expect(help(80, 21, 0, true)[0]).toBe(" Help (Esc closes), vim's: /keys");
    expect(help(40, 10, 0, true)[0]).toContain('PgUp/PgDn');
  });

  it('names every command, narrow ones too', () => {
    const wide = help(80, 21).join('\n');
    const narrow = help(SMALLEST.width, 100).join('\n');
    for (const { name } of ALL_COMMANDS.filter(({ name }) => !name.startsWith('un')))
      for (const text of [wide, narrow]) expect(text).toContain(`/${name}`);
    expect(narrow).not.toContain('…');
  });
});

describe('/help COMMAND', () => {
  it.each(ALL_COMMANDS)('/help $name says how it is used, in the smallest window too', ({ name, usage }) => {
    const { found, sentence } = helpOf(`/${name.toUpperCase()}`);
    expect(found).toBe(true);
    expect(sentence.startsWith(`${usage}: `)).toBe(true);
    expect(sentence).toContain(`Example: /${name}`);
    const { width, height } = SMALLEST;
    const { lines } = drawn(width, height, (grid) => {
      drawNotice(grid, 0, { answer: { kind: 'info', text: sentence }, warning: null }, { kind: 'online' });
      return null;
    });
    expect(lines.join(' ').replace(/ +/g, ' ').trim()).toBe(sentence);
  });

  it('is said in the chat; of one that does not exist, what there is', async () => {
    const { tty, screen } = onChat();
    tty.type('/help timer\r');
    const text = (await screen()).join('\n');
    expect(text).toContain('/timer off|1h: new messages go on both sides');
    expect(text).toContain('\n>');
    tty.type('/help tmier\r');
    expect((await screen()).join('\n')).toContain('Did you mean /timer?');
  });
});
