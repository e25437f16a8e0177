import { describe, expect, it } from 'vitest';
import { askLoginChallenge, register } from '../v1-client/account.ts';
import { drainTexts, expectBody, expectOk, expectRefusal, pollMessages } from './expectations.ts';
import { mustRegister, newAccount, newPerson } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';

const BAD_NAMES = [
  ['a path upwards', '../x'],
  ['a slash', 'a/b'],
  ['a backslash', 'a\\b'],
  ['nothing', ''],
  ['33 characters', 'a'.repeat(33)],
  ['10,000 characters', 'a'.repeat(10_000)],
  ['a leading hyphen', '-ann'],
  ['a leading underscore', '_ann'],
  ['a Cyrillic look-alike', '\u0430nn'],
  ['full-width letters', '\uff41nn'],
  ['a combining accent', 'a\u0301nn'],
  ['the dotless i', 'sm\u0131th'],
  ['the Kelvin sign, which lower-cases to k', '\u212aate'],
  ['a zero-width space', 'an\u200bn'],
  ['a right-to-left override', 'an\u202en'],
  ['a space', 'a b'],
  ['a line end', 'ann\n'],
  ['a NUL', 'ann\u0000'],
  ['a dot', 'a.b'],
  ['a percent escape', 'a%2fb'],
  ['an emoji', 'ann\u{1f600}'],
  ['a quote', "ann'--"],
] as const;

export function describeNames(server: ServerUnderTest): void {
  const tryName = (username: string) => register(server.url, { ...newAccount(), username });

  describe('names', () => {
    it.each(BAD_NAMES)('refuses a name of %s', async (_, name) => {
      expectRefusal(await tryName(name), 400);
    });

    it.each(['con', 'CON', 'nul', 'com1'])('refuses %s, which is a device on some systems', async (name) => {
      expectRefusal(await tryName(name), 400);
    });

    it('takes a name of 32 characters and one of a single character', async () => {
      const { username } = newAccount('long');
      expectOk(await tryName(username.padEnd(32, '-')));
      expectOk(await tryName('7'));
    });

    it('takes one name in one writing only', async () => {
      const account = await mustRegister(server.url, newAccount('Mixed'));
      expectRefusal(await tryName(account.username.toLowerCase()), 400);
      expectRefusal(await tryName(account.username.toUpperCase()), 400);
    });

    it('either finds a user under another writing of the name or knows no such user', async () => {
      const [ann, bob] = [await newPerson(server, 'Ann'), await newPerson(server)];
      const reply = await bob.session.post(`/chat/${ann.name.toUpperCase()}/send`, { message: 'loud' });
      if (reply.status !== 200) expectRefusal(reply, 404);
      expect(await drainTexts(ann.session)).toEqual(reply.status === 200 ? ['loud'] : []);
    });

    it.each(['constructor', 'toString', 'hasOwnProperty', 'messages', 'auth', 'keyexchange', 'users'])(
      'lets a user be called %s like any other',
      async (name) => {
        expectBody(await tryName(name), { status: 'success' });
        const bob = await newPerson(server);
        expectOk(await bob.session.get(`/chat/${name}/publickey`));
        expectBody(await bob.session.post(`/chat/${name}/send`, { message: 'hello' }), { status: 'OK' });
        expectBody(await bob.session.post(`/chat/${name}/keyexchange`, { encrypted_key: 'k' }), {
          status: 'OK',
        });
      },
    );

    it.each(['__proto__', '..', '%2e%2e', '..%2fx', 'a%2fb', '%00', '%D0%B0nn', 'a'.repeat(33)])(
      'knows no user called %s in a path',
      async (name) => {
        const ann = await newPerson(server);
        expectRefusal(await ann.session.get(`/chat/${name}/publickey`), 400, 404);
        expectRefusal(await ann.session.post(`/chat/${name}/send`, { message: 'x' }), 400, 404);
        expectRefusal(await ann.session.post(`/chat/${name}/keyexchange`, { encrypted_key: 'x' }), 400, 404);
        expect(await pollMessages(ann.session)).toEqual([]);
      },
    );

    it.each(['../x', 'a/b', '', 'a'.repeat(33), '\u0430nn'])(
      'gives no login challenge to %j',
      async (name) => {
        expectRefusal(await askLoginChallenge(server.url, name), 400);
      },
    );
  });
}
