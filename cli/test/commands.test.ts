import { cpSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { type ChatClient, importProfile, profileExists } from '@secure-chat/client/chat-client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFixture, type Fixture, PASSWORD, type Run } from './fixture.ts';

const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 15_000, interval: 20 });
const texts = (client: ChatClient, contact: string): string[] =>
  client.messages(contact, { limit: 100 }).map(({ state, text }) => `${state} ${text}`);
const HOSTILE = 'two\nlines \x1b]0;title\x07\x1b[2J\x9b31m\u202e\u2028{"id":1}';

let fixture: Fixture;
let bob: ChatClient;
beforeEach(async () => {
  fixture = await createFixture();
  await fixture.account('alice');
  bob = await fixture.enrol('bob');
});
afterEach(() => fixture.close());

const ended = (run: Run): string => `${run.code} ${run.errors}`;
/** The clients of two people who have written to each other: bob waits, alice is signed out. */
async function acquainted(): Promise<void> {
  expect(ended(await fixture.chat(['send', 'bob', 'hello', '--delivered']))).toBe('0 ');
  await eventually(() => expect(texts(bob, 'alice')).toEqual(['received hello']));
}

describe('--pin', () => {
  const key = `sha256:${'ab'.repeat(32)}`;
  const knownBy = (serverKey: string | null) => ({
    part: {
      accounts: {
        signIn: async () => ({ ...(await fixture.open('alice')), serverKey }),
        createAccount: () => Promise.reject(new Error('no account is wanted')),
      },
    },
  });

  test('says by which key the server is known from now on, or that it is forgotten', async () => {
    const first = await fixture.chat(['warnings', '--pin', 'first'], knownBy(key));
    expect(ended(first)).toBe(`0 chat: ${fixture.server} is known by its key ${key}, which is remembered.\n`);
    const none = await fixture.chat(['warnings', '--pin', 'none'], knownBy(null));
    expect(ended(none)).toBe(
      `0 chat: No key of ${fixture.server} is remembered: authorities vouch for it.\n`,
    );
  });

  test('is for servers that have a key', async () => {
    expect(ended(await fixture.chat(['warnings', '--pin', 'first']))).toMatch(/^4 chat: .* has no key: /);
    expect(ended(await fixture.chat(['warnings', '--pin', 'yes']))).toMatch(/^2 chat: --pin must be /);
  });
});

describe('send', () => {
  test('sends the text, or all of stdin as one message', async () => {
    expect(ended(await fixture.chat(['send', 'bob', 'one']))).toBe('0 ');
    const stdin = Readable.from(['two\nli', 'nes\n']);
    expect(await fixture.chat(['send', 'BOB'], { stdin })).toEqual({ code: 0, lines: [], errors: '' });
    await eventually(() => expect(texts(bob, 'alice')).toEqual(['received one', 'received two\nlines']));
  });

  test('with --lines, sends each line as it comes', async () => {
    const stdin = new PassThrough();
    const running = fixture.chat(['send', 'bob', '--lines', '--delivered'], { stdin });
    stdin.write('one\n\ntw');
    await eventually(() => expect(texts(bob, 'alice')).toEqual(['received one']));
    stdin.end('o');
    expect(ended(await running)).toBe('0 ');
    await eventually(() => expect(texts(bob, 'alice')).toEqual(['received one', 'received two']));
  });

  test('more lines than may be on their way at once arrive in their order', async () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    const run = await fixture.chat(['send', 'bob', '--lines'], { stdin: Readable.from([lines.join('\n')]) });
    expect(ended(run)).toBe('0 ');
    await eventually(() => expect(texts(bob, 'alice')).toEqual(lines.map((line) => `received ${line}`)));
  });

  test('with --lines, ends with the first one that fails', async () => {
    const stdin = new PassThrough();
    const running = fixture.chat(['send', 'bob', '--lines'], { stdin });
    stdin.write(`${'x'.repeat(32_001)}\nafter\n`);
    expect(ended(await running)).toMatch(/^1 chat: The message is too long: /);
    expect(texts(bob, 'alice')).toEqual([]);
  });

  test('with --delivered, waits for the word of the contact, but not for ever', async () => {
    await acquainted();
    await bob.close();
    const run = await fixture.chat(['send', 'bob', 'are you there?', '--delivered', '--timeout', '1']);
    expect(ended(run)).toMatch(/^7 chat: The server has the message, .* Do not send it again\.\n$/);
  });

  test('its time is that of signing in, too', async () => {
    const never = new Promise<never>(() => undefined);
    const accounts = { createAccount: () => never, signIn: () => never };
    const run = await fixture.chat(['send', 'bob', 'hello', '--timeout', '1'], { part: { accounts } });
    expect(ended(run)).toMatch(/^4 chat: Signing in took more than 1 s: nothing was sent\. /);
  });

  test('needs no server: the profile knows its own', async () => {
    await acquainted();
    expect(ended(await fixture.chat(['send', 'bob', 'no address'], { server: null }))).toBe('0 ');
    await eventually(() => expect(texts(bob, 'alice')).toContain('received no address'));
  });

  test('is refused what no message can be', async () => {
    for (const [stdin, sentence] of [
      [Readable.from([]), 'There is nothing to send'],
      [Readable.from([Buffer.of(0xff, 0xfe)]), 'not text in UTF-8'],
      [Readable.from(Array.from({ length: 70 }, () => 'é'.repeat(1_000))), 'too long'],
    ] as const) {
      const run = await fixture.chat(['send', 'bob'], { stdin });
      expect(ended(run)).toMatch(/^1 chat: /);
      expect(run.errors).toContain(sentence);
    }
  });

  test('a signal ends it with its own code, and the profile is closed', async () => {
    const signals = new AbortController();
    const running = fixture.chat(['send', 'bob', '--lines'], {
      stdin: new PassThrough(),
      signal: signals.signal,
    });
    await eventually(() =>
      expect(bob.contacts().find(({ username }) => username === 'alice')?.online).toBe(true),
    );
    signals.abort('SIGTERM');
    expect(ended(await running)).toBe('143 ');
    await eventually(async () => (await fixture.open('alice')).close());
  });
});

describe('tail', () => {
  test('writes what is unread once, and as one line each, whatever it holds', async () => {
    await acquainted();
    bob.send('alice', HOSTILE);
    await eventually(() => expect(texts(bob, 'alice')).toContain(`sent ${HOSTILE}`));

    const { code, lines } = await fixture.chat(['tail', '--once', '--json']);
    expect(code).toBe(0);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[\x20-\x7e]+$/);
    const message = JSON.parse(lines[0] ?? '');
    expect(message).toMatchObject({ contact: 'bob', sender: 'bob', direction: 'in', state: 'received' });
    expect(message.text).toBe(HOSTILE);
    // What was written counts as read.
    expect((await fixture.chat(['tail', '--once'])).lines).toEqual([]);

    const history = await fixture.chat(['tail', 'bob', '--once', '--history', '5']);
    expect(history.lines.map((line) => line.slice(20))).toEqual([
      'alice -> bob: hello',
      'bob: two lines  {"id":1}',
    ]);
    const since = await fixture.chat(['tail', '--once', '--since', String(message.id - 1), '--json']);
    expect(since.lines.map((line) => JSON.parse(line).id)).toEqual([message.id]);
  });

  test('follows until a signal, which is its end and no failure', async () => {
    await acquainted();
    const carol = await fixture.enrol('carol');
    const signals = new AbortController();
    let written = '';
    const running = fixture.chat(['tail', 'bob'], {
      signal: signals.signal,
      onOutput: (text) => {
        written += text;
      },
    });
    carol.send('alice', 'not of bob');
    bob.send('alice', 'one');
    await eventually(() => expect(written).toMatch(/ bob: one\n$/));
    bob.send('alice', 'two');
    await eventually(() => expect(written).toMatch(/ bob: one\n.* bob: two\n$/));
    signals.abort('SIGINT');
    const { code, lines } = await running;
    expect([code, lines.length]).toEqual([0, 2]);
    // Of carol nothing was written, and so nothing is read.
    const rest = await fixture.chat(['tail', '--once']);
    expect(rest.lines.map((line) => line.slice(20))).toEqual(['carol (request): not of bob']);
  });

  test('ends well when nobody reads any more', async () => {
    await acquainted();
    bob.send('alice', 'one');
    const stdout = new PassThrough();
    const running = fixture.chat(['tail'], { part: { stdout } });
    await eventually(() => expect(stdout.read()).not.toBeNull());
    stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(ended(await running)).toBe('0 ');
  });

  test('ends well when its reader goes while nobody writes', async () => {
    await acquainted();
    const stdout = new PassThrough();
    let leave = (): void => undefined;
    const unwatch = vi.fn();
    const watchReader = (onGone: () => void) => {
      leave = onGone;
      return unwatch;
    };
    const running = fixture.chat(['tail', '--history', '1'], { part: { stdout, watchReader } });
    await eventually(() => expect(stdout.read()).not.toBeNull());
    leave();
    expect(ended(await running)).toBe('0 ');
    expect(unwatch).toHaveBeenCalledOnce();
  });

  test('says that it is offline and tries again; with --once that is a failure', async () => {
    const signals = new AbortController();
    let errors = '';
    const stderr = {
      write: (text: string) => {
        errors += text;
      },
    };
    const server = 'http://127.0.0.1:1';
    const running = fixture.chat(['tail'], { signal: signals.signal, server, part: { stderr } });
    await eventually(() => expect(errors).toMatch(/^chat: offline: Cannot reach http:\/\/127\.0\.0\.1:1: /));
    signals.abort('SIGTERM');
    expect((await running).code).toBe(0);
    const once = await fixture.chat(['tail', '--once'], { server: 'http://127.0.0.1:1' });
    expect(ended(once)).toMatch(/^4 chat: Cannot reach /);
  });
});

describe('contacts', () => {
  test('are lines of four columns, or of JSON', async () => {
    await acquainted();
    bob.send('alice', 'one');
    await eventually(() => expect(texts(bob, 'alice')).toContain('sent one'));
    expect((await fixture.chat(['contacts'])).lines).toEqual(['bob\tonline\t1\tunverified']);
    const [line = ''] = (await fixture.chat(['contacts', '--json'])).lines;
    expect(JSON.parse(line)).toEqual({
      username: 'bob',
      online: true,
      unread: 1,
      lastMessageAt: expect.stringMatching(/^2\d{3}-.*Z$/),
      protection: 'unverified',
      timer: 0,
      request: false,
      notKept: 0,
      blocked: false,
      muted: false,
      pinned: false,
      note: '',
    });
  });
});

describe('who writes first', () => {
  test('is marked as a request, and told nothing, until accepted', async () => {
    bob.send('alice', 'hello');
    await eventually(() => expect(texts(bob, 'alice')).toEqual(['sent hello']));
    const [line = ''] = (await fixture.chat(['tail', '--once', '--json'])).lines;
    expect(JSON.parse(line)).toMatchObject({ sender: 'bob', text: 'hello', request: true });
    expect((await fixture.chat(['tail', '--once', '--history', '1'])).lines).toEqual([
      expect.stringMatching(/ bob \(request\): hello$/),
    ]);
    expect((await fixture.chat(['contacts'])).lines).toEqual(['bob\tonline\t0\tunverified\trequest']);
    expect(texts(bob, 'alice')).toEqual(['sent hello']);
    expect(ended(await fixture.chat(['accept', 'bob']))).toBe('0 ');
    expect((await fixture.chat(['contacts'])).lines).toEqual(['bob\tonline\t0\tunverified']);
    expect(ended(await fixture.chat(['accept', 'bob']))).toMatch(/^1 chat: There is no request of bob/);
  });

  test('is gone with what was written once declined', async () => {
    bob.send('alice', 'hello');
    await eventually(() => expect(texts(bob, 'alice')).toEqual(['sent hello']));
    expect((await fixture.chat(['contacts'])).lines).toEqual(['bob\tonline\t1\tunverified\trequest']);
    expect(ended(await fixture.chat(['decline', 'bob']))).toBe('0 ');
    expect((await fixture.chat(['tail', '--once', '--history', '9'])).lines).toEqual([]);
    expect(ended(await fixture.chat(['decline', 'bob']))).toMatch(/^1 chat: There is no request of bob/);
  });

  test('is a contact by tail --accept, by an answer, and where one was written to before', async () => {
    bob.send('alice', 'hello');
    await eventually(() => expect(texts(bob, 'alice')).toEqual(['sent hello']));
    await fixture.chat(['tail', '--once', '--accept']);
    expect((await fixture.chat(['contacts'])).lines).toEqual(['bob\tonline\t0\tunverified']);
    const carol = await fixture.enrol('carol');
    carol.send('alice', 'hi');
    await eventually(() => expect(texts(carol, 'alice')).toEqual(['sent hi']));
    expect(ended(await fixture.chat(['send', 'carol', 'who is it?']))).toBe('0 ');
    expect((await fixture.chat(['contacts'])).lines).toContainEqual(
      expect.stringMatching(/^carol\tonline\t1\tunverified$/),
    );
  });
});

describe('verify', () => {
  test('shows the number that the contact sees, and marks the contact when it is confirmed', async () => {
    await acquainted();
    const { digits, words } = await bob.safetyNumber('alice');
    const shown = await fixture.chat(['verify', 'bob']);
    expect(shown.lines.map((line) => line.replaceAll(' ', ''))).toEqual([digits, words.join('')]);
    expect(ended(shown)).toBe('0 chat: bob is not verified yet.\n');

    const wrong = await fixture.chat(['verify', 'bob', '--confirm', '1'.repeat(60)]);
    expect(ended(wrong)).toMatch(/^6 chat: That is not the number with bob: /);
    expect(ended(await fixture.chat(['verify', 'bob', '--confirm', '123']))).toMatch(/^2 chat: --confirm /);

    const right = await fixture.chat(['verify', 'bob', '--json', '--confirm', shown.lines[0] ?? '']);
    expect(JSON.parse(right.lines[0] ?? '')).toEqual({
      contact: 'bob',
      digits,
      words,
      before: null,
      protection: 'verified',
    });
  });

  test('a changed identity stops sending, until its number is confirmed', async () => {
    await acquainted();
    await bob.renewIdentity();
    const refused = await fixture.chat(['send', 'bob', 'to whom?']);
    expect(ended(refused)).toMatch(/^6 (chat: warning: .*\n)?chat: The identity of bob has changed/);
    const shown = await fixture.chat(['verify', 'bob', '--json']);
    expect(shown.code).toBe(6);
    const { digits, before, protection } = JSON.parse(shown.lines[0] ?? '');
    expect([protection, digits === before]).toEqual(['changed', false]);
    expect((await fixture.chat(['warnings'])).lines).toEqual([
      expect.stringContaining('The identity of bob has changed'),
    ]);
    expect((await fixture.chat(['verify', 'bob', '--confirm', digits])).code).toBe(0);
    expect(ended(await fixture.chat(['send', 'bob', 'to you']))).toBe('0 ');
    await eventually(() => expect(texts(bob, 'alice')).toContain('received to you'));
    expect(texts(bob, 'alice')).not.toContain('received to whom?');
  });
});

describe('export and register', () => {
  test('the file brings the profile in elsewhere; it is never written over', async () => {
    expect(ended(await fixture.chat(['export', 'copy']))).toBe('0 ');
    const file = join(fixture.folder, 'copy');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const profile = join(fixture.folder, 'elsewhere');
    expect(await importProfile({ file, profile, password: PASSWORD })).toEqual({ username: 'alice' });
    expect(ended(await fixture.chat(['export', 'copy']))).toMatch(/^1 chat: Cannot write .* already/);
  });

  test('an account is made, and its password kept in the keyring when that is wanted', async () => {
    const kept: string[] = [];
    const passwords = {
      keyring: {
        lookUp: async () => null,
        store: async (profile: string, password: string) => void kept.push(profile, password),
      },
      openPrompt: () => ({ ask: async () => 'another horse' }),
    };
    const part = { passwords };
    const made = await fixture.chat(['register', '--keyring'], { part, username: 'Carol' });
    expect(ended(made)).toContain(`0 chat: Your account lives in ${fixture.profileOf('carol')}: keep a copy`);
    expect(kept).toEqual([fixture.profileOf('carol'), 'another horse']);
    expect((await fixture.chat(['contacts'], { username: 'carol', password: 'another horse' })).code).toBe(0);

    kept.length = 0;
    const elsewhere = ['register', '--keyring', '--profile', './new'];
    expect(ended(await fixture.chat(elsewhere, { part }))).toBe(
      '1 chat: That user name is taken by somebody else. Choose another one.\n',
    );
    expect([kept, profileExists(join(fixture.folder, 'new'))]).toEqual([[], false]);
  });
});

describe('exit codes', () => {
  test('tell what a script can do about it', async () => {
    const codes: [string, string[], number, { password?: string; server?: string }?][] = [
      ['no command', [], 2],
      ['an unknown one', ['chatter'], 2],
      ['an unknown user', ['send', 'nobody', 'x'], 5],
      ['no such contact', ['verify', 'nobody'], 5],
      ['a bad name', ['send', 'no body', 'x'], 1],
      ['oneself', ['send', 'alice', 'x'], 1],
      ['a wrong password', ['contacts'], 3, { password: 'wrong horse' }],
      ['no profile', ['contacts', '--profile', 'none'], 3],
      ['an unreachable server', ['send', 'bob', 'x'], 4, { server: 'http://127.0.0.1:1' }],
      ['plain HTTP to another machine', ['contacts'], 4, { server: 'http://chat.example' }],
      ['no authority', ['contacts', '--ca', '/none'], 2],
      ['two passwords', ['contacts', '--password-fd', '9', '--keyring'], 2],
      ['a password where the text is', ['send', 'bob', '--password-fd', '0'], 2],
      ['no keyring entry', ['contacts', '--keyring'], 3],
      ['help', ['send', '--help'], 0],
    ];
    for (const [what, args, code, options] of codes) {
      const run = await fixture.chat(args, options);
      expect([what, run.code]).toEqual([what, code]);
      // One sentence, and nothing on stdout; but for help.
      expect([what, run.errors.split('\n').length - 1, run.lines.length > 0]).toEqual([
        what,
        code === 0 ? 0 : 1,
        code === 0,
      ]);
    }
    const open = await fixture.open('alice');
    expect(ended(await fixture.chat(['contacts']))).toMatch(
      /^8 chat: The profile is open in another program/,
    );
    await open.close();
  });

  test('of who is offline say what to do, once, and that a deleted account is no matter of trying again', async () => {
    const away = await fixture.chat(['send', 'bob', 'x'], { server: 'http://127.0.0.1:1' });
    expect(away.errors).toBe(
      'chat: Cannot reach http://127.0.0.1:1: nothing listens there. Look whether the server runs, and whether this is its address; then try again.\n',
    );
    const state = () => ({
      kind: 'offline' as const,
      retryAt: Number.POSITIVE_INFINITY,
      reason: 'The account alice is deleted.',
      next: '',
    });
    const accounts = {
      signIn: async () => ({ ...(await fixture.open('alice')), state }),
      createAccount: () => Promise.reject(new Error('no account is wanted')),
    };
    const deleted = await fixture.chat(['send', 'bob', 'x'], { part: { accounts } });
    expect(ended(deleted)).toBe('1 chat: The account alice is deleted.\n');
  });
});

describe('sessions', () => {
  const ids = async (): Promise<string[]> => {
    const { lines } = await fixture.chat(['sessions', '--json']);
    return lines.flatMap((line) => (JSON.parse(line).current ? [] : [JSON.parse(line).id]));
  };

  test('are listed with what they call themselves, this one marked, and end one by one or together', async () => {
    await fixture.account('carol');
    const { lines } = await fixture.chat(['sessions'], { username: 'carol' });
    expect(lines.filter((line) => line.includes('\tthis\t'))).toHaveLength(1);
    expect(
      lines
        .map((line) =>
          line
            .split('\t')
            .at(-1)
            ?.replace(/ on .*/, ''),
        )
        .sort(),
    ).toEqual(['secure-chat client', 'secure-chat command line']);
    await fixture.chat(['contacts']);
    await (await fixture.open('alice')).close();
    const [first = '', ...rest] = await ids();
    expect(rest).toHaveLength(1);
    expect(ended(await fixture.chat(['sessions', 'end', first]))).toBe('0 chat: The session is ended.\n');
    expect(ended(await fixture.chat(['sessions', 'end', first]))).toMatch(
      /^1 chat: That session is open no more/,
    );
    expect(ended(await fixture.chat(['sessions', 'end', 'others']))).toBe(
      '0 chat: All other sessions are ended.\n',
    );
    // Commands leave none behind.
    expect(await ids()).toEqual([]);
  });

  test('are ended in no other way', async () => {
    for (const wrong of [['end'], ['all', 'x']])
      expect(ended(await fixture.chat(['sessions', ...wrong]))).toMatch(/^2 chat: Usage: chat sessions/);
  });

  test('one that is ended from elsewhere ends tail, which signs in no more', async () => {
    await bob.addContact('alice');
    bob.send('alice', 'hello');
    let began = (): void => {};
    const beginning = new Promise<void>((resolve) => {
      began = resolve;
    });
    const tail = fixture.chat(['tail'], { onOutput: () => began() });
    await beginning;
    const profile = fixture.profileOf('alice-copy');
    cpSync(fixture.profileOf('alice'), profile, { recursive: true });
    const copied = ['--profile', profile];
    expect(ended(await fixture.chat(['sessions', 'end', 'others', ...copied]))).toMatch(/^0 /);
    expect(ended(await tail)).toMatch(/^3 chat: This session was ended from elsewhere/);
  });
});

describe('delete-account', () => {
  /** An account whose server deletes it. */
  const deleting = (deleted: string[]) => ({
    part: {
      accounts: {
        signIn: async () => {
          const client = await fixture.open('alice');
          return { ...client, deleteAccount: async () => void deleted.push(client.username) };
        },
        createAccount: () => Promise.reject(new Error('no account is wanted')),
      },
    },
  });

  test('wants the name once more, and leaves the profile unless it is told to remove it', async () => {
    const deleted: string[] = [];
    expect(ended(await fixture.chat(['delete-account', 'bob'], deleting(deleted)))).toBe(
      '2 chat: This is the account alice. To delete it, give that name.\n',
    );
    expect(deleted).toEqual([]);
    const profile = fixture.profileOf('alice');
    expect(ended(await fixture.chat(['delete-account', 'Alice'], deleting(deleted)))).toBe(
      `0 chat: The account alice is deleted.\nchat: Its profile stays in ${profile}.\n`,
    );
    expect(profileExists(profile)).toBe(true);
    const removing = ['delete-account', 'alice', '--remove-profile'];
    expect(ended(await fixture.chat(removing, deleting(deleted)))).toBe(
      '0 chat: The account alice is deleted.\n',
    );
    expect(deleted).toEqual(['alice', 'alice']);
    expect(profileExists(profile)).toBe(false);
  });
});

test('register gives the invitation to the server', async () => {
  const invites: unknown[] = [];
  const accounts = {
    signIn: () => Promise.reject(new Error('no profile is wanted')),
    createAccount: async ({ invite }: { invite?: string | undefined }) => {
      invites.push(invite);
      return fixture.open('alice');
    },
  };
  await fixture.chat(['register', '--invite', 'come-in'], { part: { accounts } });
  await fixture.chat(['register'], { part: { accounts } });
  expect(invites).toEqual(['come-in', undefined]);
});

describe('password', () => {
  test('is asked for, and is the one from then on; an old copy signs in no more', async () => {
    const profile = fixture.profileOf('alice-copy');
    cpSync(fixture.profileOf('alice'), profile, { recursive: true });
    const kept: string[] = [];
    const keyring = {
      lookUp: async () => PASSWORD,
      store: async (_: string, password: string) => void kept.push(password),
    };
    const openPrompt = () => ({ ask: async () => 'another password' });
    const part = { passwords: { keyring, openPrompt } };
    expect(ended(await fixture.chat(['password', '--keyring'], { part }))).toBe(
      '0 chat: The password is changed. Older copies of this profile sign in no more.\n',
    );
    expect(kept).toEqual(['another password']);
    expect(ended(await fixture.chat(['warnings']))).toMatch(/^3 /);
    expect(ended(await fixture.chat(['warnings'], { password: 'another password' }))).toBe('0 ');
    expect(ended(await fixture.chat(['warnings', '--profile', profile]))).toMatch(
      /^1 chat: .* the password was changed in a newer copy of it/,
    );
  });

  test('needs a descriptor for each of the two', async () => {
    const run = await fixture.chat(['password', '--password-fd', '3', '--new-password-fd', '3']);
    expect(ended(run)).toMatch(/^2 chat: --password-fd and --new-password-fd are one descriptor/);
  });
});
