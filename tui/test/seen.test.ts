import { describe, expect, it } from 'vitest';
import { contact, message, NUMBER } from './chat-fixture.ts';
import { onChat } from './stage.ts';

const SEEN = { kind: 'seen', contact: 'bob' };
const contacts = [contact('bob', { unread: 1 }), contact('carol', { unread: 3 })];
const messages = Array.from({ length: 100 }, (_, id) => message({ id }));

describe('what came is seen', () => {
  it('when it was drawn, and not before', async () => {
    const { intents, screen } = onChat({ contacts, messages });
    expect(intents).toEqual([]);
    await screen();
    expect(intents).toEqual([SEEN]);
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
    expect(intents).toEqual([]);
    tty.type('\x1b[27u');
    await screen();
    expect(intents).toEqual([SEEN]);
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
    expect(intents).toEqual([SEEN]);
  });
});
