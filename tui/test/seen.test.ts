import { describe, expect, it } from 'vitest';
import { contact, message, NUMBER } from './chat-fixture.ts';
import { onChat } from './stage.ts';

const seen = (upTo: number) => ({ kind: 'seen', contact: 'bob', upTo });
const contacts = [contact('bob', { unread: 1 }), contact('carol', { unread: 3 })];
const messages = Array.from({ length: 100 }, (_, id) => message({ id }));

describe('what came is seen', () => {
  it('when it was drawn, and not before', async () => {
    const { intents, screen } = onChat({ contacts, messages });
    expect(intents).toEqual([]);
    await screen();
    expect(intents).toEqual([seen(99)]);
  });

  it('only where something is unread', async () => {
    const { intents, screen } = onChat({ contacts: [contact('bob')], messages });
    await screen();
    expect(intents).toEqual([]);
  });

  it('when the person comes back to the newest', async () => {
    const { tty, ui, intents, screen } = onChat({ contacts: [contact('bob')], messages });
    tty.type('\x1b[5~');
    ui.updateChat({ contacts, messages: [...messages, message({ id: 100 })] });
    await screen();
    expect(intents).toEqual([seen(81)]);
    tty.type('\x1b[27u');
    await screen();
    expect(intents).toEqual([seen(81), seen(100)]);
  });

  it('as far as it was drawn, where more is unread than fits; a page further, a page more', async () => {
    const unread = [contact('bob', { unread: 60 })];
    const { tty, intents, screen } = onChat({ contacts: unread, messages });
    const lines = (await screen()).slice(1, 21).map((line) => line.slice(22));
    expect(lines[0]).toMatch(/^── 60 new ─+$/);
    expect(lines[1]).toBe('10:01 bob    hello');
    expect(lines[19]).toBe('▼ 42 new messages below (PgDn)');
    expect(intents).toEqual([seen(57)]);
    tty.type('\x1b[6~');
    await screen();
    tty.type('\x1b[6~\x1b[6~\x1b[6~');
    await screen();
    expect(intents).toEqual([seen(57), seen(75), seen(99)]);
  });

  it('not in the part of a message that is below the window', async () => {
    const long = [message({ id: 1 }), message({ id: 2, text: 'line\n'.repeat(40) })];
    const { tty, intents, screen } = onChat({ contacts: [contact('bob', { unread: 2 })], messages: long });
    await screen();
    expect(intents).toEqual([seen(1)]);
    tty.type('\x1b[6~\x1b[6~\x1b[6~');
    await screen();
    expect(intents).toEqual([seen(1), seen(2)]);
  });

  it('not behind the help, nor behind a safety number, nor in a window that is too small', async () => {
    const { tty, ui, intents, screen } = onChat({ contacts: [contact('bob')], messages });
    tty.type('\x1bOP');
    ui.updateChat({ contacts });
    await screen();
    ui.updateChat({ verification: { contact: 'bob', number: NUMBER } });
    await screen();
    tty.resize(39, 24);
    ui.updateChat({ verification: null });
    await screen();
    expect(intents).toEqual([]);
    tty.resize(40, 24);
    await screen();
    expect(intents).toEqual([seen(99)]);
  });
});

describe('the line above what is unread', () => {
  const rows = async (screen: () => Promise<string[]>) =>
    (await screen()).slice(1, 21).map((line) => line.slice(22));
  const three = [message({ id: 1 }), message({ id: 2, sender: 'alice', state: 'read' }), message({ id: 3 })];
  const isLine = (row: string) => row.includes(' new ─');

  it('stays while they are read and more come, until the person writes', async () => {
    const { tty, ui, screen } = onChat({ contacts: [contact('bob', { unread: 1 })], messages: three });
    expect((await rows(screen)).findIndex(isLine)).toBe(18);
    ui.updateChat({ contacts: [contact('bob')], messages: [...three, message({ id: 4 })] });
    expect((await rows(screen)).filter(isLine)).toHaveLength(1);
    tty.type('hi\r');
    expect((await rows(screen)).filter(isLine)).toEqual([]);
  });

  it('is gone when the conversation was left, and begins where the new ones do when it is opened again', async () => {
    const { ui, screen } = onChat({ contacts: [contact('bob', { unread: 1 })], messages: three });
    ui.updateChat({ selected: 'carol', messages: [], contacts: [contact('bob'), contact('carol')] });
    ui.updateChat({ selected: 'bob', messages: three });
    expect((await rows(screen)).filter(isLine)).toEqual([]);
    ui.updateChat({ selected: 'carol', messages: [] });
    const contacts = [contact('bob', { unread: 2 }), contact('carol')];
    ui.updateChat({ selected: 'bob', contacts, messages: [...three, message({ id: 4, state: 'note' })] });
    expect((await rows(screen)).findIndex(isLine)).toBeLessThan(17);
    expect((await rows(screen)).find(isLine)).toContain('── 2 new ─');
  });
});
