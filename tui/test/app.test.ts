import { ClientError } from '@secure-chat/client/chat-client';
import { USUAL_TRUST } from '@secure-chat/client/server-trust';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Accounts } from '../src/app/accounts.ts';
import { type App, type AppOptions, startApp } from '../src/app/app.ts';
import { FRAME_MS } from '../src/app/frames.ts';
import { DEFAULTS } from '../src/config/settings.ts';
import { clientContact, clientMessage, createFakeClient } from './fake-client.ts';
import { createFakeClock } from './fake-clock.ts';
import { createEmulator, createFakeTty, type FakeTty } from './screen.ts';

const MINUTE = 60_000;
const SECRET = 'meet me at the old mill';

const opened: { app: App; tty: FakeTty }[] = [];
afterEach(async () => {
  for (const { app, tty } of opened.splice(0)) {
    await app.leave();
    tty.terminal.close();
  }
});

/** The whole app on an emulator, with a client that is one of `clients` at each sign-in. */
const start = (part: Partial<AppOptions> = {}, accounts: Partial<Accounts> = {}) => {
  const fake = createFakeClient({
    contacts: [clientContact('bob', { lastMessageAt: 1 })],
    messages: [clientMessage({ text: SECRET })],
  });
  const clock = createFakeClock();
  const tty = createFakeTty();
  const signIn = vi.fn<Accounts['signIn']>(async () => fake.client);
  const createAccount = vi.fn<Accounts['createAccount']>(async () => fake.client);
  const importProfile = vi.fn<Accounts['importProfile']>(async () => ({ username: 'Alice' }));
  const removeProfile = vi.fn<Accounts['removeProfile']>();
  const quit = vi.fn();
  const app = startApp(
    {
      server: 'http://127.0.0.1:8000',
      username: 'alice',
      profileOf: (name) => `/profiles/${name.toLowerCase()}`,
      ownProfile: false,
      profiles: () => ['alice'],
      importFile: null,
      trust: USUAL_TRUST,
      lockAfterMs: 15 * MINUTE,
      newServer: 'http://127.0.0.1:8000',
      settings: DEFAULTS,
      configFile: '/config.json',
      problems: [],
      themeName: 'dark',
      editor: { command: 'vi', edit: async (text) => ({ text: `${text} edited` }), close: () => {} },
      resolvePath: (path) => path,
      terminal: tty.terminal,
      onQuit: quit,
      onSuspend: () => {},
      ...part,
    },
    {
      clock,
      accounts: {
        checkServer: async () => {},
        createAccount,
        signIn,
        importProfile,
        profileExists: () => true,
        removeProfile,
        prepare: () => {},
        ...accounts,
      },
    },
  );
  opened.push({ app, tty });
  const { emulator, feed, lines } = createEmulator(80, 24);
  let fed = 0;
  /** What a person sees, after all that was due. */
  const screen = async (): Promise<string> => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    const bytes = tty.written();
    await feed(bytes.slice(fed));
    fed = bytes.length;
    return lines().join('\n');
  };
  /** All that the terminal keeps, what was scrolled away too. */
  const kept = (): string =>
    [emulator.buffer.normal, emulator.buffer.alternate]
      .flatMap((buffer) =>
        Array.from({ length: buffer.length }, (_, y) => buffer.getLine(y)?.translateToString() ?? ''),
      )
      .join('\n');
  const enter = async (): Promise<void> => {
    tty.type('the password\r');
    expect(await screen()).toContain(SECRET);
  };
  return { ...fake, clock, tty, signIn, importProfile, removeProfile, quit, screen, kept, enter };
};

describe('a start', () => {
  it('gets ready for accounts behind the first picture of the form', async () => {
    const pictures: string[] = [];
    const { tty } = start({}, { prepare: () => pictures.push(tty.written()) });
    await vi.waitFor(() => expect(pictures).toHaveLength(1));
    expect(pictures[0]).toContain('Password');
  });

  it('says once what is wrong with what was set, and goes on', async () => {
    const { tty, screen } = start({ problems: ['Theme x: there is no such file.', 'And another.'] });
    expect(await screen()).toMatch(/! Theme x: there is no such file\.\s+And another\./);
    tty.type('the password\r');
    expect(await screen()).toContain(SECRET);
  });
});

describe('plain HTTP to another machine', () => {
  it('is said as long as one is signed in', async () => {
    const { client } = createFakeClient({ messages: [] });
    const signIn = async () => ({ ...client, server: 'http://chat.lan:8000' });
    const { tty, screen } = start({ trust: { ...USUAL_TRUST, insecureHttp: true } }, { signIn });
    tty.type('the password\r');
    expect(await screen()).toContain('http://chat.lan:8000 without TLS');
  });
});

describe('deleting the account', () => {
  const deleted = async (profiles?: () => string[], remove?: () => void) => {
    const app = start(profiles ? { profiles } : {});
    if (remove) app.removeProfile.mockImplementation(remove);
    await app.enter();
    app.tty.type('/delete-account\r');
    app.tty.type('alice\rthe password\r');
    const text = await app.screen();
    return { ...app, text };
  };

  it('closes the profile, leaves nothing on the screen, and asks whether the profile is to go', async () => {
    const { calls, kept, text, removeProfile } = await deleted();
    expect(calls.slice(-2)).toEqual([['deleteAccount', 'the password'], ['close']]);
    expect(text).toContain('The account alice is deleted.');
    expect(text).toContain('/profiles/alice');
    expect(kept()).not.toContain(SECRET);
    expect(removeProfile).not.toHaveBeenCalled();
  });

  it('removes it when that is wanted, and offers a new account where there is none left', async () => {
    const here = ['alice'];
    const { tty, screen, removeProfile } = await deleted(
      () => [...here],
      () => void here.pop(),
    );
    tty.type('y');
    const text = await screen();
    expect(removeProfile).toHaveBeenCalledExactlyOnceWith('/profiles/alice');
    expect(text).toContain('Create an account');
    expect(text).toContain('The account alice is deleted, and its profile removed.');
  });

  it('keeps it otherwise, to be opened again and read', async () => {
    const { tty, screen, enter, removeProfile } = await deleted();
    tty.type('n');
    expect(await screen()).toContain('Your password opens what is here');
    expect(removeProfile).not.toHaveBeenCalled();
    await enter();
  });

  it('says where it is when it cannot be removed', async () => {
    const { tty, screen } = await deleted(undefined, () => {
      throw new Error('EACCES');
    });
    tty.type('y');
    const text = (await screen()).replace(/\s+/g, ' ');
    expect(text).toContain('could not be removed. Delete it yourself: /profiles/alice');
  });

  it('does not happen with a wrong password: the form stays, and Esc goes back to the chat', async () => {
    const { client, tty, calls, enter, screen } = start();
    client.deleteAccount = () => Promise.reject(new ClientError('wrong_password', 'The password is wrong.'));
    await enter();
    tty.type('/delete-account\r');
    tty.type('alice\ranother\r');
    const text = await screen();
    expect(text).toContain('! The password is wrong.');
    expect(text).toContain('▸ Password  [  ');
    tty.type('again\r\x1b[27u');
    expect(await screen()).toContain(SECRET);
    expect(calls.filter(([name]) => name === 'send' || name === 'close')).toEqual([]);
  });
});

describe('changing the password', () => {
  it('keeps the form as long as the current one is wrong, and closes it when it is done', async () => {
    const { client, tty, calls, enter, screen } = start();
    const change = client.changePassword;
    client.changePassword = () => Promise.reject(new ClientError('wrong_password', 'The password is wrong.'));
    await enter();
    tty.type('/password\r');
    tty.type('another\ra new password\ra new password\r');
    const text = await screen();
    expect(text).toContain('! The password is wrong.');
    expect(text).toContain('▸ Current   [  ');
    client.changePassword = change;
    tty.type('the password\ra new password\ra new password\r');
    const after = await screen();
    expect(after).toContain('The password is changed.');
    expect(after).toContain(SECRET);
    expect(calls.at(-1)).toEqual(['changePassword', 'the password', 'a new password']);
  });
});

describe('lock', () => {
  it('closes the profile after 15 minutes without a key, and leaves nothing of the conversation on the screen', async () => {
    const { clock, tty, calls, enter, screen, kept } = start();
    await enter();
    tty.type('an unsent draft');
    expect(await screen()).toContain('an unsent draft');
    clock.advance(15 * MINUTE - 1);
    expect(await screen()).toContain(SECRET);
    clock.advance(1);
    const text = await screen();
    expect(text).toContain('Locked: the profile is closed');
    expect(text).toContain('[alice  ');
    expect(text).toContain('▸ Password  [  ');
    expect(calls.at(-1)).toEqual(['close']);
    for (const gone of [SECRET, 'unsent draft', 'bob', 'Contacts']) expect(kept()).not.toContain(gone);
    // The profile has kept it.
    await enter();
    expect(await screen()).toContain('> an unsent draft');
  });

  it('is done at once when the session was ended from elsewhere: nobody signs in again without the password', async () => {
    const { emit, calls, enter, screen, kept } = start();
    await enter();
    emit({ kind: 'ended', reason: 'This session was ended from elsewhere.' });
    const text = await screen();
    expect(text).toContain('This session was ended from elsewhere.');
    expect(text).toContain('▸ Password  [  ');
    expect(calls.at(-1)).toEqual(['close']);
    expect(kept()).not.toContain(SECRET);
  });

  it('counts every key', async () => {
    const { clock, tty, enter, screen } = start();
    await enter();
    for (let minute = 0; minute < 60; minute += 10) {
      clock.advance(10 * MINUTE);
      tty.type('\x0c');
    }
    expect(await screen()).toContain(SECRET);
  });

  it('is never done where that is asked for', async () => {
    const { clock, enter, screen } = start({ lockAfterMs: 0 });
    await enter();
    clock.advance(24 * 60 * MINUTE);
    expect(await screen()).toContain(SECRET);
  });

  it('does nothing while nobody is signed in, or after signing out', async () => {
    const { clock, tty, calls, enter, screen } = start();
    clock.advance(20 * MINUTE);
    expect(await screen()).not.toContain('Locked');
    await enter();
    tty.type('/logout\r');
    await screen();
    clock.advance(20 * MINUTE);
    expect(await screen()).not.toContain('Locked');
    expect(calls.at(-1)).toEqual(['logout']);
  });

  it('gives a key that comes too late neither to the chat nor to the form', async () => {
    const { clock, tty, calls, enter, screen } = start();
    await enter();
    tty.type('hello');
    clock.sleep(16 * MINUTE);
    tty.type('\r');
    expect(await screen()).toContain('▸ Password  [  ');
    expect(calls.filter(([name]) => name === 'send')).toEqual([]);
  });

  it('comes at once by /lock; after signing in again the input history is gone', async () => {
    const { tty, calls, enter, screen, kept } = start();
    await enter();
    tty.type('/timer 1h\r');
    tty.type('/lock\r');
    expect(await screen()).toContain('Locked: the profile is closed');
    expect(calls.at(-1)).toEqual(['close']);
    expect(kept()).not.toContain(SECRET);
    await enter();
    tty.type('\x1b[A');
    expect(await screen()).not.toContain('> /');
  });

  it('drops what the closed client still says', async () => {
    const { tty, emit, world, enter, screen } = start();
    await enter();
    tty.type('/lock\r');
    emit({ kind: 'message', message: clientMessage({ id: 2, text: 'late' }) });
    world.warnings = ['late'];
    emit({ kind: 'warnings' });
    expect(await screen()).not.toContain('late');
  });

  it('shows nothing of what was begun before it, after signing in again', async () => {
    let written = (): void => {};
    const { client, tty, enter, screen } = start();
    client.exportProfile = () =>
      new Promise((resolve) => {
        written = resolve;
      });
    await enter();
    tty.type('/export copy\r');
    expect(await screen()).toContain('Writing copy ...');
    tty.type('/lock\r');
    await screen();
    await enter();
    written();
    expect(await screen()).not.toContain('whole profile');
  });

  it('waits for the profile to close before it can be opened again, and quits meanwhile', async () => {
    let closed = (): void => {};
    const { client, tty, signIn, quit, enter, screen } = start();
    await enter();
    const closing = new Promise<void>((resolve) => {
      closed = resolve;
    });
    client.close = () => closing;
    tty.type('/lock\r');
    expect(await screen()).toContain('… Locking ...');
    tty.type('the password\r\x03');
    await screen();
    expect(signIn).toHaveBeenCalledOnce();
    expect(quit).not.toHaveBeenCalled();
    closed();
    await screen();
    expect(quit).toHaveBeenCalledOnce();
  });
});

describe('delivery', () => {
  const own = (id: number, state: 'queued' | 'delivered') =>
    clientMessage({ id, sender: 'alice', text: `number ${id}`, state });

  it('paints once for a burst of receipts', async () => {
    const { clock, tty, emit, enter, screen } = start();
    await enter();
    const before = tty.written().length;
    for (let id = 1; id <= 1000; id += 1) emit({ kind: 'message', message: own(id, 'delivered') });
    expect(await screen()).not.toContain('delivered');
    expect(tty.written()).toHaveLength(before);
    clock.advance(FRAME_MS);
    const text = await screen();
    expect(text).toMatch(/number 1000 +delivered ✓✓/);
    // Each row once: what is painted twice, or in between, would be there too.
    expect(
      tty
        .written()
        .slice(before)
        .match(/number/g),
    ).toHaveLength(20);
  });

  it('shows what a command says, and tells what is typed, and seen', async () => {
    const { tty, calls, world, clock, emit, enter, screen } = start();
    await enter();
    world.contacts = world.contacts.map((contact) => ({ ...contact, unread: 1 }));
    emit({ kind: 'contacts' });
    clock.advance(FRAME_MS);
    tty.type('/status\r');
    expect(await screen()).toContain('Nothing is known yet of what has arrived. You are online.');
    tty.type('/receipts off\r');
    expect(await screen()).toContain('Read receipts are off, both ways');
    tty.type('hi\r');
    expect(calls.filter(([name]) => name !== 'markRead')).toEqual([
      ['setSettings', { receipts: false, typing: true }],
      ['setTyping', 'bob', true],
      ['setTyping', 'bob', true],
      ['setTyping', 'bob', false],
      ['send', 'bob', 'hi'],
    ]);
    expect(calls).toContainEqual(['markRead', 'bob', 1]);
  });
});

describe('import', () => {
  const importing = (accounts: Partial<Accounts> = {}) => start({ importFile: '/copies/alice' }, accounts);

  it('says which file is imported, asks for its password alone, imports and signs in', async () => {
    const { tty, importProfile, signIn, screen } = importing();
    const form = await screen();
    expect(form).toContain('Import a profile');
    expect(form).toContain('/copies/alice');
    expect(form).not.toContain('User name');
    expect(form).toContain('▸ Password  [  ');
    expect(form).not.toContain('F2');
    tty.type('\x1bOQ\x0e\tits password\r');
    expect(await screen()).toContain(SECRET);
    expect(importProfile.mock.calls[0]?.[0]).toMatchObject({
      file: '/copies/alice',
      profile: '/profiles/alice',
      password: 'its password',
    });
    expect(signIn.mock.calls[0]?.[0]).toMatchObject({
      username: 'Alice',
      password: 'its password',
      profile: '/profiles/alice',
    });
    expect(await screen()).toContain('Your account lives in /profiles/alice');
    expect(tty.written()).not.toContain('its password');
  });

  it('signs in again, after a lock, to the folder that it was imported to', async () => {
    const { tty, signIn, enter, screen } = start({ importFile: '/copies/alice', username: 'other' });
    tty.type('its password\r');
    await screen();
    tty.type('/lock\r');
    await screen();
    await enter();
    expect(signIn.mock.calls.map(([{ profile }]) => profile)).toEqual(['/profiles/other', '/profiles/other']);
  });

  it('shows what the client says, and keeps the form for another password', async () => {
    const { tty, signIn, importProfile, screen } = importing();
    importProfile.mockRejectedValueOnce(new ClientError('wrong_password', 'Wrong password: try again.'));
    importProfile.mockImplementationOnce(({ onProgress }) => {
      onProgress?.('importing');
      return new Promise(() => {});
    });
    tty.type('a mistake\r');
    expect(await screen()).toContain('! Wrong password: try again.');
    expect(signIn).not.toHaveBeenCalled();
    tty.type('\x15its password\r');
    expect(await screen()).toContain('… Importing the profile ...');
  });

  it('is a sign-in like any other once the profile is there', async () => {
    const { tty, signIn, screen } = importing();
    signIn.mockRejectedValueOnce(new ClientError('not_a_server', 'That is no server.'));
    tty.type('its password\r');
    const text = await screen();
    expect(text).toContain('! That is no server.');
    expect(text).toContain('[Alice  ');
    expect(text).toContain('Sign in');
  });
});
