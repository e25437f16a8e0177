import { describe, expect, it } from 'vitest';
import { signInState } from './chat-fixture.ts';
import { createStage, onChat } from './stage.ts';

const ESC = '\x1b[27u';
const UP = '\x1b[A';

describe('the form that deletes the account', () => {
  const opened = (size?: { width: number; height: number }) => {
    const stage = onChat({}, size);
    stage.tty.type('/delete-account\r');
    const text = async () => (await stage.screen()).join(' ').replace(/\s+/g, ' ');
    return { ...stage, text };
  };

  it('says what is deleted, and wants the name and the password', async () => {
    const { tty, ui, intents, text } = opened();
    expect(await text()).toContain('Delete the account alice');
    for (const goes of ['its sessions and keys', 'messages that wait', 'not even you', 'Contacts keep'])
      expect(await text()).toContain(goes);
    tty.type('Alice\r');
    expect(await text()).not.toContain('!');
    tty.type('\r');
    expect(await text()).toContain('! Type the password of this profile.');
    expect(intents).toEqual([]);
    tty.type('my-s3cret\r');
    expect(intents).toEqual([{ kind: 'delete-account', password: 'my-s3cret' }]);
    ui.updateChat({ answer: { isDone: true } });
    expect(await text()).toContain('Contacts');
    expect(tty.written()).not.toContain('s3cret');
  });

  it.each(['', 'bob'])(
    'goes on from a wrong name, %j, and says it at the end: no password stands in clear',
    async (name) => {
      const { tty, intents, text } = opened();
      tty.type(`${name}\rmy-s3cret`);
      expect(await text()).toContain('▸ Password [•••••••••');
      tty.type('\r');
      expect(await text()).toContain('! Type alice, the name of this account, to delete it.');
      expect(await text()).toContain('▸ Its name');
      expect(await text()).not.toContain('•');
      expect(tty.written()).not.toContain('s3cret');
      expect(intents).toEqual([]);
    },
  );

  it('stays open with a wrong password, and takes the next one: nothing of it gets into the conversation', async () => {
    const { tty, ui, intents, text } = opened();
    tty.type('alice\rwrong\rtyped too early\r');
    expect(intents).toEqual([{ kind: 'delete-account', password: 'wrong' }]);
    ui.updateChat({ answer: { isDone: false } });
    ui.updateChat({ notice: { kind: 'error', text: 'The password is wrong. Try again.' } });
    expect(await text()).toContain('! The password is wrong. Try again.');
    expect(await text()).toContain('▸ Password [ ');
    expect(await text()).toContain('[alice ');
    tty.type('my-s3cret\r');
    expect(intents.slice(1)).toEqual([{ kind: 'delete-account', password: 'my-s3cret' }]);
    expect(tty.written()).not.toContain('s3cret');
  });

  it('can be closed before the answer, which closes nothing that was opened since', async () => {
    const { tty, ui, text } = opened();
    tty.type(`alice\rmy-s3cret\r${ESC}`);
    expect(await text()).toContain('Contacts');
    tty.type('/delete-account\r');
    ui.updateChat({ answer: { isDone: true } });
    expect(await text()).toContain('Delete the account alice');
  });

  it('wants the name also where the password was typed first', async () => {
    const { tty, intents, text } = opened();
    tty.type('\tmy-s3cret\r');
    expect(await text()).toContain('! Type alice');
    expect(await text()).toContain('▸ Its name');
    expect(intents).toEqual([]);
  });

  it('stays when the app refuses at once, and is gone with Esc', async () => {
    const { tty, refuse, text } = opened();
    refuse('Not now.');
    tty.type('alice\rmy-s3cret\r');
    expect(await text()).toContain('! Not now.');
    tty.type(ESC);
    expect(await text()).toContain('Contacts');
    tty.type('/delete-account\r');
    expect(await text()).not.toContain('•');
  });

  it('takes no password on the command line, and does not leave it there', async () => {
    const { tty, intents, screen } = onChat();
    tty.type('/delete-account alice my-s3cret\r');
    expect((await screen()).join(' ')).toContain('Type /delete-account alone');
    tty.type(UP);
    expect((await screen())[23]).toBe('>');
    expect(intents).toEqual([]);
  });

  it('begins with what is gravest in the smallest window', async () => {
    const { text } = opened({ width: 40, height: 10 });
    expect(await text()).toContain('▸ Its name [ ] Password [ ] For ever: the server deletes the account,');
  });
});

describe('the profile of an account that is deleted', () => {
  const leftover = { username: 'alice', folder: '~/accounts/alice' };
  const asked = () => {
    const stage = createStage();
    stage.ui.showSignIn(signInState({ leftover }));
    return stage;
  };

  it.each([
    ['y', true],
    ['Y', true],
    ['n', false],
    [ESC, false],
  ])('is asked about: %j', async (key, removes) => {
    const { tty, intents, screen } = asked();
    const text = (await screen()).join(' ').replace(/\s+/g, ' ');
    expect(text).toContain('The account alice is deleted. ~/accounts/alice');
    expect(text).toContain('y remove them · n keep them · ^C quit');
    tty.type(key);
    expect(intents).toEqual([{ kind: 'judge-profile', removes }]);
  });

  it('is removed by no other key, and Enter is one', () => {
    const { tty, intents } = asked();
    tty.type('\r x\t\x1bOQ\x1b[200~y and more\x1b[201~');
    expect(intents).toEqual([]);
  });

  it('stands in the way of nothing once it is settled', async () => {
    const { tty, ui, screen } = asked();
    const reason = 'The account alice is deleted, and its profile removed.';
    ui.showSignIn(signInState({ mode: 'create-account', username: '', serverGiven: true, reason }));
    expect((await screen()).join('\n')).toContain(reason);
    tty.type('bob\r');
    expect((await screen()).join('\n')).toContain('The password: 8 characters or more.');
  });
});
