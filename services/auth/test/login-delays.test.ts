import { loginProof } from '@secure-chat/crypto/login-proof';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DATABASES } from '../../../tools/postgres/databases.ts';
import { hashOf, startAuth } from './auth-under-test.ts';
import { temporaryFolder } from './temporary-folder.ts';

const [HOME, AWAY] = ['192.0.2.7', '198.51.100.9'];

/** Alice has the password p, and bob, too. */
async function start(fresh: (typeof DATABASES)[number]['fresh']) {
  let now = 1_767_522_600_000;
  const auth = await startAuth({
    dataDir: temporaryFolder(),
    database: await fresh(),
    clock: () => now,
  });
  onTestFinished(() => auth.close());
  for (const name of ['alice', 'bob']) await auth.register(name, hashOf('p'));
  const answerWith = async (name: string, nonce: string, password: string, network: string) => {
    const proof = loginProof(hashOf(password), nonce);
    const body = { username: name, challenge_response: nonce, proof };
    return auth.call('POST', '/chat/auth/login', body, null, network);
  };
  type Answer = Awaited<ReturnType<typeof answerWith>>;
  const told = ({ statusCode, headers }: Answer) => [statusCode, headers['retry-after']];
  return {
    ...auth,
    answerWith,
    told,
    pass(seconds: number) {
      now += seconds * 1_000;
    },
    async tryPassword(name: string, password: string, network: string) {
      return told(await answerWith(name, await auth.challenge(name), password, network));
    },
    /** As a stranger does, who opens no challenge. */
    async makeUp(name: string, network: string) {
      return answerWith(name, 'ab'.repeat(16), 'p', network);
    },
  };
}

const OPENED = [200, undefined];
const REFUSED = [401, undefined];

describe.each(DATABASES)('who guesses a password in $kind', ({ fresh }) => {
  it('has five tries, then waits longer and longer, and is told how long', async () => {
    const { tryPassword, pass } = await start(fresh);
    for (let count = 0; count < 6; count += 1)
      expect(await tryPassword('alice', `wrong ${count}`, AWAY)).toEqual(REFUSED);
    for (const seconds of [1, 2, 4, 8]) {
      expect(await tryPassword('alice', 'p', AWAY)).toEqual([429, String(seconds)]);
      pass(seconds - 1);
      expect(await tryPassword('alice', 'p', AWAY)).toEqual([429, '1']);
      pass(1);
      expect(await tryPassword('alice', 'wrong', AWAY)).toEqual(REFUSED);
    }
    pass(16);
    expect(await tryPassword('alice', 'p', AWAY)).toEqual(OPENED);
  });

  it('at many places at once is counted one by one', async () => {
    const { challenge, answerWith, told } = await start(fresh);
    const nonces = [];
    for (let count = 0; count < 20; count += 1) nonces.push(await challenge('alice'));
    const replies = await Promise.all(
      nonces.map((nonce, index) => answerWith('alice', nonce, 'wrong', `198.51.100.${index}`)),
    );
    expect(replies.map(told)).toEqual([...Array(6).fill(REFUSED), ...Array(14).fill([429, '1'])]);
  });

  it('does not delay the owner where he signs in, nor anybody else', async () => {
    const { tryPassword } = await start(fresh);
    expect(await tryPassword('alice', 'p', HOME)).toEqual(OPENED);
    for (let count = 0; count < 6; count += 1) await tryPassword('alice', 'wrong', AWAY);
    expect(await tryPassword('alice', 'p', AWAY)).toEqual([429, '1']);
    expect(await tryPassword('alice', 'p', HOME)).toEqual(OPENED);
    expect(await tryPassword('bob', 'p', AWAY)).toEqual(OPENED);
  });

  it('finds the challenge that was not looked at still good', async () => {
    const { tryPassword, challenge, answerWith, told, pass } = await start(fresh);
    for (let count = 0; count < 6; count += 1) await tryPassword('alice', 'wrong', AWAY);
    const nonce = await challenge('alice');
    expect(told(await answerWith('alice', nonce, 'p', AWAY))).toEqual([429, '1']);
    pass(1);
    expect(told(await answerWith('alice', nonce, 'p', AWAY))).toEqual(OPENED);
  });

  it('by a session that he took, at a change of the password, is counted in the same way', async () => {
    const auth = await start(fresh);
    const { told, tryPassword } = auth;
    const sessionId = (await auth.login('alice', hashOf('p'))).json()['session-id'];
    const caller = { username: 'alice', sessionId };
    const guess = async () => {
      const reply = await auth.changePassword(caller, hashOf('wrong'), hashOf('new'), AWAY);
      return [...told(reply), reply.json().error.code];
    };
    for (let count = 0; count < 6; count += 1)
      expect(await guess()).toEqual([401, undefined, 'wrong_password']);
    expect(await guess()).toEqual([429, '1', 'too_many']);
    expect(await tryPassword('alice', 'p', AWAY)).toEqual([429, '1']);
  });
});

describe.each(DATABASES)('who guesses a password at a deletion in $kind', ({ fresh }) => {
  it('by a session that he took, is counted as at the login, and deletes nothing', async () => {
    const auth = await start(fresh);
    const { told, tryPassword, pass } = auth;
    const sessionId = (await auth.login('alice', hashOf('p'))).json()['session-id'];
    const caller = { username: 'alice', sessionId };
    const guess = async (password: string, network: string) => {
      const reply = await auth.deleteAccount(caller, hashOf(password), network);
      return [...told(reply), reply.json().error?.code];
    };
    for (let count = 0; count < 6; count += 1)
      expect(await guess(`wrong ${count}`, AWAY)).toEqual([401, undefined, 'wrong_password']);
    // The right one, too, and wherever it comes from; and it is not looked at.
    expect(await guess('p', AWAY)).toEqual([429, '1', 'too_many']);
    expect(await guess('p', HOME)).toEqual([429, '1', 'too_many']);
    expect(await tryPassword('alice', 'p', AWAY)).toEqual([429, '1']);
    pass(1);
    expect(await tryPassword('alice', 'p', HOME)).toEqual(OPENED);
    expect(await guess('wrong', AWAY)).toEqual([401, undefined, 'wrong_password']);
    expect(await guess('p', AWAY)).toEqual([429, '2', 'too_many']);
    expect(await guess('p', HOME)).toEqual([200, undefined, undefined]);
    expect(await tryPassword('alice', 'p', HOME)).toEqual(REFUSED);
    expect(await tryPassword('bob', 'p', AWAY)).toEqual(OPENED);
  });

  it('at many places at once is counted one by one', async () => {
    const auth = await start(fresh);
    const caller = { username: 'alice', sessionId: 'abcdefghijklmnopqrstuv' };
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        auth.deleteAccount(caller, hashOf('wrong'), `198.51.100.${index}`),
      ),
    );
    const codes = replies.map((reply) => reply.json().error.code);
    expect(codes.toSorted()).toEqual([...Array(6).fill('too_many'), ...Array(6).fill('wrong_password')]);
  });
});

describe.each(DATABASES)('a stranger in $kind, who opens no challenge,', ({ fresh }) => {
  it('delays nobody who does: not the one whose name he gives, nor his own neighbours', async () => {
    const { makeUp, tryPassword } = await start(fresh);
    for (let count = 0; count < 200; count += 1) await makeUp('alice', AWAY);
    expect(await tryPassword('alice', 'p', AWAY)).toEqual(OPENED);
    expect(await tryPassword('bob', 'p', AWAY)).toEqual(OPENED);
  });

  it('is told the same of a name that nobody has as of one that somebody has, before he has to wait and after', async () => {
    const { makeUp, tryPassword, told } = await start(fresh);
    for (let count = 0; count < 6; count += 1) await tryPassword('alice', 'wrong', AWAY);
    const ask = async (name: string) => {
      const reply = await makeUp(name, HOME);
      const { error, detail } = reply.json();
      return [...told(reply), error.code, error.message, detail, Object.keys(reply.headers).toSorted()];
    };
    const before = await ask('alice');
    expect(before.slice(0, 3)).toEqual([401, undefined, 'unauthorized']);
    for (const name of ['nobody', 'bob', '../x']) expect(await ask(name)).toEqual(before);
    for (let count = 0; count < 60; count += 1) await makeUp('nobody', HOME);
    const after = await ask('alice');
    expect(after.slice(0, 3)).toEqual([429, '1', 'too_many']);
    for (const name of ['nobody', 'bob', '../x']) expect(await ask(name)).toEqual(after);
  });

  it('has to wait alone: at another place he has as many tries as before', async () => {
    const { makeUp } = await start(fresh);
    for (let count = 0; count < 51; count += 1) await makeUp('alice', AWAY);
    expect((await makeUp('alice', AWAY)).statusCode).toBe(429);
    expect((await makeUp('alice', HOME)).statusCode).toBe(401);
  });
});
