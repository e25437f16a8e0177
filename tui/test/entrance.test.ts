import { ClientError, UnknownServerError } from '@secure-chat/client/client-error';
import { USUAL_TRUST } from '@secure-chat/client/server-trust';
import { describe, expect, it, vi } from 'vitest';
import type { Accounts } from '../src/app/accounts.ts';
import { type Arrival, createEntrance, type EntranceOptions } from '../src/app/entrance.ts';
import { shortPath } from '../src/app/short-path.ts';
import { DEFAULTS } from '../src/config/settings.ts';
import type { SignInState } from '../src/ui/state.ts';
import { createFakeClient } from './fake-client.ts';

/** An entrance, and the form that it shows. */
const enter = (part: Partial<EntranceOptions['options']> = {}, here: readonly string[] = []) => {
  const { client } = createFakeClient();
  const accounts = {
    checkServer: vi.fn<Accounts['checkServer']>(async () => {}),
    createAccount: vi.fn<Accounts['createAccount']>(async () => client),
    signIn: vi.fn<Accounts['signIn']>(async () => client),
    importProfile: vi.fn<Accounts['importProfile']>(async () => ({ username: 'alice' })),
    profileExists: (folder: string) => here.some((name) => folder === `/profiles/${name}`),
    removeProfile: vi.fn<Accounts['removeProfile']>(),
    prepare: () => {},
  };
  const arrivals: Arrival[] = [];
  let form: SignInState | null = null;
  const entrance = createEntrance({
    accounts,
    options: {
      server: null,
      trust: USUAL_TRUST,
      newServer: 'http://127.0.0.1:8000',
      username: '',
      profileOf: (name) => `/profiles/${name.toLowerCase()}`,
      ownProfile: false,
      profiles: () => here,
      importFile: null,
      settings: DEFAULTS,
      ...part,
    },
    ui: {
      showSignIn: (state) => {
        form = state;
      },
      updateSignIn: (changed) => {
        if (form) form = { ...form, ...changed };
      },
    },
    onEntered: (_client, arrival) => arrivals.push(arrival),
  });
  entrance.open();
  const shown = (): SignInState => {
    if (!form) throw new Error('no form');
    return form;
  };
  return { ...accounts, entrance, arrivals, shown, settled: () => new Promise(setImmediate) };
};

const ANSWERED = { asking: false, problem: null };
const UNREACHABLE = new ClientError('offline', 'Cannot reach it: nothing listens there. Start it.');

describe('the first start on a machine', () => {
  it('offers an account at the default server, and looks whether that is there', async () => {
    const { shown, checkServer, settled } = enter();
    const server = 'http://127.0.0.1:8000';
    expect(shown()).toMatchObject({ mode: 'create-account', server, serverGiven: false, username: '' });
    expect(shown().serverCheck).toEqual({ server, asking: true, problem: null });
    expect(checkServer).toHaveBeenCalledExactlyOnceWith(server, USUAL_TRUST);
    await settled();
    expect(shown().serverCheck).toEqual({ server, ...ANSWERED });
  });

  it('says at once what to do when no server is there', async () => {
    const { entrance, shown, checkServer, settled } = enter();
    checkServer.mockRejectedValueOnce(UNREACHABLE);
    entrance.handle({ kind: 'check-server', server: 'https://away.example' });
    await settled();
    expect(shown().serverCheck?.problem).toBe(
      'Cannot reach it: nothing listens there. Start it. On this machine npm start brings one up.',
    );
  });

  it('believes only the answer for the address that was asked for last', async () => {
    const { entrance, shown, checkServer, settled } = enter();
    let refuse = (_: unknown): void => {};
    checkServer.mockImplementationOnce(
      () =>
        new Promise((_, fail) => {
          refuse = fail;
        }),
    );
    entrance.handle({ kind: 'check-server', server: 'http://slow.example' });
    entrance.handle({ kind: 'check-server', server: 'http://quick.example' });
    await settled();
    refuse(UNREACHABLE);
    await settled();
    expect(shown().serverCheck).toEqual({ server: 'http://quick.example', ...ANSWERED });
  });

  it('makes the account at the server that was typed, and tells a newcomer of its folder', async () => {
    const { entrance, arrivals, createAccount, settled } = enter();
    const typed = {
      server: 'https://Chat.example.org/',
      username: 'Alice',
      password: 'correct horse',
      invite: null,
    };
    entrance.handle({ kind: 'create-account', ...typed });
    await settled();
    expect(createAccount.mock.calls[0]?.[0]).toMatchObject({
      server: 'https://chat.example.org',
      profile: '/profiles/alice',
      username: 'Alice',
    });
    expect(arrivals).toEqual([{ notice: null, newcomer: '/profiles/alice' }]);
  });

  it('gives the server the invitation that was typed, and none where none was', async () => {
    const { entrance, createAccount, settled } = enter();
    const typed = { server: 'http://a', username: 'alice', password: 'correct horse' };
    createAccount.mockRejectedValueOnce(new ClientError('bad_invite', 'One is wanted.'));
    for (const invite of [null, 'ABCD-1234']) {
      entrance.handle({ kind: 'create-account', ...typed, invite });
      await settled();
    }
    expect(createAccount.mock.calls.map(([{ invite }]) => invite)).toEqual([undefined, 'ABCD-1234']);
  });

  it.each([
    ['name_taken', 'username'],
    ['bad_invite', 'invite'],
    ['offline', 'server'],
    ['not_a_server', 'server'],
    ['refused', null],
  ] as const)('%s: the cursor goes to the field %s', async (code, field) => {
    const { entrance, arrivals, createAccount, shown, settled } = enter();
    createAccount.mockRejectedValueOnce(new ClientError(code, 'A sentence.'));
    const typed = { server: 'http://a', username: 'alice', password: 'x', invite: null };
    entrance.handle({ kind: 'create-account', ...typed });
    await settled();
    expect(shown()).toMatchObject({ progress: null, error: 'A sentence.', errorAt: field });
    expect(arrivals).toEqual([]);
  });
});

describe('a later start', () => {
  it('asks for nothing but the password where there is one account, and for no server', async () => {
    const { entrance, shown, signIn, checkServer, settled } = enter({}, ['alice']);
    expect(shown()).toMatchObject({ mode: 'sign-in', username: 'alice', serverGiven: false });
    expect(checkServer).not.toHaveBeenCalled();
    entrance.handle({ kind: 'sign-in', username: 'alice', password: 'correct horse' });
    await settled();
    expect(signIn.mock.calls[0]?.[0]).toMatchObject({
      server: null,
      username: null,
      profile: '/profiles/alice',
    });
  });

  it('takes a server that is given instead of the one that the profile knows', async () => {
    const { entrance, shown, signIn } = enter({ server: 'http://there' }, ['alice']);
    expect(shown()).toMatchObject({ server: 'http://there', serverGiven: true });
    entrance.handle({ kind: 'sign-in', username: 'alice', password: 'correct horse' });
    expect(signIn.mock.calls[0]?.[0]).toMatchObject({ server: 'http://there' });
  });

  it('lets one choose among several accounts, unless the name is given', () => {
    expect(enter({}, ['alice', 'bob']).shown().mode).toBe('choose');
    expect(enter({ username: 'bob' }, ['alice', 'bob']).shown()).toMatchObject({
      mode: 'sign-in',
      username: 'bob',
    });
    expect(enter({ username: 'carol' }, ['alice', 'bob']).shown().mode).toBe('create-account');
  });

  it('demands the user of a profile that has a name of its own', () => {
    const work = { profileOf: () => '/profiles/work', ownProfile: true, username: 'alice' };
    const { entrance, signIn } = enter(work, ['work']);
    entrance.handle({ kind: 'sign-in', username: 'alice', password: 'correct horse' });
    expect(signIn.mock.calls[0]?.[0]).toMatchObject({ username: 'alice', profile: '/profiles/work' });
  });
});

it('a path is shown as a shell does', () => {
  expect(shortPath('/home/me/.local/share/x', '/home/me')).toBe('~/.local/share/x');
  expect(shortPath('/home/melanie/x', '/home/me')).toBe('/home/melanie/x');
  expect(shortPath('/data/x', '/')).toBe('/data/x');
});

describe('a server for which nobody vouches', () => {
  const server = 'https://chat.example';
  const key = `sha256:${'ab'.repeat(32)}`;
  const account = { server, username: 'alice', password: 'correct horse', invite: null };
  const stranger = () => new UnknownServerError(server, key, null);

  it('is let in for the one that the person has said yes to, and for its key alone', async () => {
    const { entrance, arrivals, createAccount, shown, settled } = enter();
    createAccount.mockRejectedValueOnce(stranger());
    entrance.handle({ kind: 'create-account', ...account });
    await settled();
    expect(shown()).toMatchObject({ progress: null, stranger: { server, key } });
    expect(arrivals).toEqual([]);
    entrance.handle({ kind: 'judge-server', isRight: true });
    expect(shown().stranger).toBeNull();
    await settled();
    expect(createAccount.mock.calls.map(([{ trust }]) => trust?.pin)).toEqual([null, key]);
    expect(arrivals).toHaveLength(1);
  });

  it('is not asked about again when the account is refused after the yes', async () => {
    const { entrance, arrivals, createAccount, checkServer, shown, settled } = enter();
    checkServer.mockRejectedValueOnce(stranger());
    entrance.handle({ kind: 'check-server', server: `${server}/` });
    createAccount.mockRejectedValueOnce(stranger());
    createAccount.mockRejectedValueOnce(new ClientError('bad_invite', 'An invitation is needed.'));
    entrance.handle({ kind: 'create-account', ...account });
    await settled();
    entrance.handle({ kind: 'judge-server', isRight: true });
    await settled();
    expect(shown()).toMatchObject({ error: 'An invitation is needed.', stranger: null });
    expect(shown().serverCheck).toEqual({ server: `${server}/`, asking: false, problem: null });
    entrance.handle({ kind: 'check-server', server });
    expect(checkServer.mock.lastCall?.[1]?.pin).toBe(key);
    entrance.handle({ kind: 'create-account', ...account, invite: 'the code' });
    await settled();
    expect(createAccount.mock.calls.map(([{ trust }]) => trust?.pin)).toEqual([null, key, key]);
    expect(arrivals).toHaveLength(1);
    entrance.handle({ kind: 'create-account', ...account, server: 'https://other.example' });
    expect(createAccount.mock.lastCall?.[0].trust?.pin).toBeNull();
  });

  it('is left alone when the person says no', async () => {
    const { entrance, createAccount, shown, settled } = enter();
    createAccount.mockRejectedValueOnce(stranger());
    entrance.handle({ kind: 'create-account', ...account });
    await settled();
    entrance.handle({ kind: 'judge-server', isRight: false });
    await settled();
    expect(createAccount).toHaveBeenCalledOnce();
    expect(shown()).toMatchObject({
      stranger: null,
      error: 'Nothing was sent. Ask the operator for the address of the server and for its key.',
    });
  });

  it('is asked about by a profile that comes there for the first time, and never while one types', async () => {
    const { entrance, signIn, checkServer, shown, settled } = enter({ server }, ['alice']);
    checkServer.mockRejectedValueOnce(stranger());
    entrance.handle({ kind: 'check-server', server });
    await settled();
    expect(shown()).toMatchObject({
      stranger: null,
      serverCheck: {
        problem:
          'Nobody that is known here vouches for this server: its key will be shown, for you to compare.',
      },
    });
    signIn.mockRejectedValueOnce(stranger());
    entrance.handle({ kind: 'sign-in', username: 'alice', password: 'correct horse' });
    await settled();
    entrance.handle({ kind: 'judge-server', isRight: true });
    await settled();
    expect(signIn.mock.calls[1]?.[0]).toMatchObject({ server, trust: { pin: key } });
  });

  it('is forgotten once with --pin none, and remembered from then on', async () => {
    const { entrance, signIn, settled } = enter({ trust: { ...USUAL_TRUST, pin: 'none' } }, ['alice']);
    for (const _ of ['once', 'again']) {
      entrance.handle({ kind: 'sign-in', username: 'alice', password: 'correct horse' });
      await settled();
    }
    expect(signIn.mock.calls.map(([{ trust }]) => trust?.pin)).toEqual(['none', null]);
  });
});
