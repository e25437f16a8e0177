import { describe, expect, it } from 'vitest';
import { onChat } from './stage.ts';

const ESCAPE = '\x1b';
const rows = (lines: readonly string[]): string[] => lines.slice(19, 22);

describe('an answer', () => {
  const info = { notice: { kind: 'info', text: 'Noted.' } } as const;
  const error = { notice: { kind: 'error', text: 'Not possible: do this.' } } as const;

  it('leaves with the next key', async () => {
    const { tty, screen } = onChat(info);
    expect(rows(await screen())).toContain('Noted.');
    tty.type('h');
    expect(rows(await screen())).not.toContain('Noted.');
  });

  it('leaves after a while, without a key, and the row is free', async () => {
    const { ticks, screen } = onChat(info);
    await screen();
    expect(ticks).toHaveLength(1);
    for (const tick of ticks.splice(0)) tick();
    expect(rows(await screen())).not.toContain('Noted.');
  });

  it('that follows has its own time, and what was begun for the one before takes nothing away', async () => {
    const { ui, ticks, screen } = onChat(info);
    await screen();
    const [first = () => {}] = ticks;
    ui.updateChat({ notice: { kind: 'info', text: 'Done.' } });
    await screen();
    first();
    expect(rows(await screen())).toContain('Done.');
    expect(ticks).toHaveLength(1);
  });

  it('that is an error stays until Esc, or until something is done', async () => {
    const { tty, ui, ticks, screen } = onChat(error);
    tty.type('h');
    expect(rows(await screen())).toContain('! Not possible: do this.');
    expect(ticks).toEqual([]);
    tty.type('i\r');
    expect(rows(await screen())).not.toContain('! Not possible: do this.');
    ui.updateChat(error);
    tty.type(ESCAPE);
    await expect.poll(async () => rows(await screen())).not.toContain('! Not possible: do this.');
  });

  it('ends with the screen: nothing waits for the time of a chat that was left', async () => {
    const { ui, ticks, screen } = onChat(info);
    await screen();
    ui.close();
    expect(ticks).toEqual([]);
  });
});

describe('an answer beside a warning', () => {
  const warnings = [`The key of bob has changed. ${'Compare it with him. '.repeat(5)}`];

  it('is seen, and the warning too, in one row; Esc takes the answer away, then the warning', async () => {
    const { tty, ui, intents, screen } = onChat({ warnings });
    expect((await screen()).join('\n')).toContain('! Warning (Esc: seen): The key of bob has changed.');
    ui.updateChat({ notice: { kind: 'error', text: 'Nothing is known yet.' } });
    const both = (await screen()).slice(20, 22);
    expect(both[0]).toBe('! Nothing is known yet.');
    expect(both[1]).toMatch(/^! Warning \(Esc: seen\): The key of bob has changed\. .*…$/);
    tty.type(ESCAPE);
    await expect.poll(async () => (await screen()).join('\n')).not.toContain('Nothing is known');
    expect((await screen()).join(' ').match(/him\./g)).toHaveLength(5);
    expect(intents).toEqual([]);
    tty.type(ESCAPE);
    await expect.poll(async () => (await screen()).join('\n')).not.toContain('Warning');
    expect(intents).toEqual([{ kind: 'clear-warnings' }]);
  });
});
