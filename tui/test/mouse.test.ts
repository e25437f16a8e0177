import { describe, expect, it } from 'vitest';
import { contact, message } from './chat-fixture.ts';
import { onChat, type Stage } from './stage.ts';

const messages = Array.from({ length: 60 }, (_, index) =>
  message({ id: index + 1, text: `number ${index + 1}.` }),
);

const press = (x: number, y: number): string => `\x1b[<0;${x + 1};${y + 1}M\x1b[<0;${x + 1};${y + 1}m`;
const wheelUp = (x: number, y: number): string => `\x1b[<64;${x + 1};${y + 1}M`;
const wheelDown = (x: number, y: number): string => `\x1b[<65;${x + 1};${y + 1}M`;

/** Presses where a text stands on the screen. */
const pressOn = async ({ tty, screen }: Stage, text: string): Promise<void> => {
  const lines = await screen();
  const y = lines.findIndex((line) => line.includes(text));
  tty.type(press(lines[y]?.indexOf(text) ?? 0, y));
};

describe('the mouse', () => {
  it('selects the contact, and picks the message, that it is pressed on', async () => {
    const stage = onChat({ messages });
    await pressOn(stage, 'carol');
    expect(stage.intents).toEqual([{ kind: 'select', contact: 'carol' }]);
    await pressOn(stage, 'number 55.');
    expect((await stage.screen()).at(-1)).toBe('picked>');
    stage.tty.type('rindeed\r');
    expect(stage.intents.at(-1)).toEqual({ kind: 'reply', contact: 'bob', id: 55, text: 'indeed' });
  });

  it('finds the message in a conversation that is scrolled, and lets go of it beside all of them', async () => {
    const stage = onChat({ messages });
    stage.tty.type('\x1b[5~\x1b[5~');
    await pressOn(stage, 'number 20.');
    expect((await stage.screen()).at(-1)).toBe('picked>');
    const lines = await stage.screen();
    stage.tty.type(
      press(
        40,
        lines.findIndex((line) => line.includes('below')),
      ),
    );
    expect((await stage.screen()).at(-1)).toBe('>');
  });

  it('scrolls the conversation by three rows, and moves nothing over the contacts', async () => {
    const { tty, screen, intents } = onChat({ messages });
    const before = await screen();
    tty.type(wheelUp(40, 5) + wheelUp(40, 5));
    const after = await screen();
    expect(after[9]?.slice(22)).toBe(before[4]?.slice(22));
    tty.type(wheelDown(40, 5) + wheelDown(40, 5));
    expect(await screen()).toEqual(before);
    tty.type(wheelUp(3, 5) + wheelDown(3, 5));
    expect(await screen()).toEqual(before);
    expect(intents).toEqual([]);
  });

  it('moves the cursor in the input', async () => {
    const { tty, screen } = onChat();
    const input = async () => (await screen()).at(-1);
    tty.type(`日本 one two${press(2 + 5, 23)}X`);
    expect(await input()).toBe('> 日本 Xone two');
    tty.type(`${press(3, 23)}Y${press(70, 23)}Z`);
    expect(await input()).toBe('> Y日本 Xone twoZ');
    tty.type(`${press(0, 23)}W`);
    expect(await input()).toBe('> WY日本 Xone twoZ');
  });

  it('takes a row of the palette, of the switcher and of what was found', async () => {
    const stage = onChat({ contacts: [contact('bob'), contact('carol'), contact('dave')] });
    stage.tty.type('/mu');
    await pressOn(stage, '/mute');
    expect(stage.intents.at(-1)).toEqual({ kind: 'mark', contact: 'bob', marks: { muted: true } });
    stage.tty.type('\x0b');
    await pressOn(stage, 'dave');
    expect(stage.intents.at(-1)).toEqual({ kind: 'select', contact: 'dave' });
    stage.ui.updateChat({
      search: { words: 'x', found: [{ contact: 'carol', message: message({ id: 9, text: 'a x' }) }] },
    });
    await pressOn(stage, 'a x');
    expect(stage.intents.at(-1)).toEqual({ kind: 'go-to', contact: 'carol', id: 9 });
  });

  it('turns through lists', async () => {
    const { tty, screen, intents } = onChat();
    tty.type(`\x0b${wheelDown(5, 5)}${wheelDown(5, 5)}\r`);
    await screen();
    expect(intents).toEqual([{ kind: 'select', contact: 'dave' }]);
  });

  it('says once how text is selected, when somebody draws it over the screen', async () => {
    const { tty, screen } = onChat();
    tty.type('\x1b[<0;40;5M\x1b[<32;42;5M\x1b[<0;42;5m');
    expect((await screen()).join('\n')).toContain('Hold Shift to select text');
    tty.type('x\x1b[<32;42;5M');
    expect((await screen()).join('\n')).not.toContain('Hold Shift to select text');
  });

  it('does nothing outside of the window, in the form, or with its other buttons', async () => {
    const { tty, screen, intents } = onChat({ messages });
    const before = await screen();
    tty.type(press(400, 300) + press(40, 0) + press(40, 22) + '\x1b[<2;3;4M\x1b[<1;3;4M');
    expect(await screen()).toEqual(before);
    expect(intents).toEqual([]);
  });

  it("is the terminal's where it is off, by the settings, F2 or a command", async () => {
    const off = onChat({}, undefined, { mouse: false });
    expect(off.tty.written()).not.toContain('\x1b[?1002h');
    off.tty.type('\x1bOQ');
    expect(off.tty.written()).toContain('\x1b[?1002h\x1b[?1006h');
    expect((await off.screen()).join('\n')).toContain('The mouse is on');
    const before = off.tty.written().length;
    off.tty.type('/mouse\r');
    expect(off.tty.written().slice(before)).toContain('\x1b[?1006l\x1b[?1002l');
    expect((await off.screen()).join('\n')).toContain("The mouse is the terminal's");
  });
});
