import { encryptMessage, makeKey, wrapKey } from '@secure-chat/crypto/e2ee/legacy-v1';
import { importPublicKey } from '@secure-chat/crypto/rsa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failed } from '../fake-server.ts';
import { eventually, lines } from '../people.ts';
import { createImpostor, createStranger } from './impostor.ts';
import { gatherPair, inspect, introduce, type Pair, posted, protection, rounds } from './people.ts';

/** checks.md, against a server of which the test owns gateway, directory and log. */

let pair: Pair;
beforeEach(async () => {
  pair = await gatherPair();
});
afterEach(() => pair.end());

const texts = (messages: string[]) => messages.filter((line) => line.startsWith('received'));

describe('a server that swaps (check 3)', () => {
  it('senders: an exchange and a message of alice, told as of carol, open nothing', async () => {
    const { server, people, alice, bob } = pair;
    const carol = await people.join('carol');
    carol.send('bob', 'I am carol');
    await eventually(() => expect(lines(bob, 'carol')).toEqual(['received I am carol']));
    server.setLoss((to, { verb, ...record }) => {
      if (to !== 'bob') return false;
      if (verb === 'send') server.deliverMessage('bob', { ...record, sender: 'carol' });
      else server.deliverKey('bob', { ...record, sender: 'carol' });
      return true;
    });
    alice.send('bob', 'transfer the money');
    await eventually(() => expect(lines(bob, 'carol')[1]).toBe('undecryptable'));
    await rounds(server);
    expect(texts(lines(bob, 'carol'))).toEqual(['received I am carol']);
    expect(lines(bob, 'alice')).toEqual([]);
  });

  it('recipients: what alice wrote to bob opens nothing at carol', async () => {
    const { server, people, alice, bob } = pair;
    const carol = await people.join('carol');
    await introduce(pair);
    server.setLoss((to, { verb, ...record }) => {
      if (to !== 'bob') return false;
      if (verb === 'send') server.deliverMessage('carol', record);
      else server.deliverKey('carol', record);
      return true;
    });
    alice.renewKeys('bob');
    alice.send('bob', 'for bob alone');
    await eventually(() => expect(lines(carol, 'alice')).toContain('undecryptable'));
    await rounds(server);
    expect(texts(lines(carol, 'alice'))).toEqual([]);
    expect(texts(lines(bob, 'alice'))).toEqual(['received hello']);
  });

  it('the sender within a conversation: what alice wrote does not come back to her as of bob', async () => {
    const { server, alice, bob } = pair;
    await introduce(pair);
    const [first] = posted(server, 'send');
    server.deliverMessage('alice', { sender: 'bob', message: first?.message, id: 'reflected--------' });
    await eventually(() => expect(lines(alice, 'bob')).toContain('undecryptable'));
    expect(texts(lines(alice, 'bob'))).toEqual(['received hello too']);
    expect(texts(lines(bob, 'alice'))).toEqual(['received hello']);
  });

  it('a bundle: one that its own key log does not tell of is not used, and nothing is sent', async () => {
    const { server, people, alice } = pair;
    const impostor = createImpostor(server, 'bob');
    server.setLie((path) =>
      path === '/chat/bob/bundle' ? { status: 200, body: { bundle: impostor.bundle } } : null,
    );
    alice.send('bob', 'secret');
    await eventually(() => expect(alice.warnings()[0]).toContain('its own log'));
    expect(lines(alice, 'bob')).toEqual(['queued secret']);
    expect(alice.messages('bob', { limit: 1 })[0]?.legacy).toBe(false);
    expect(posted(server, 'keyexchange')).toEqual([]);
    expect(posted(server, 'send')).toEqual([]);
    // It waits, and goes as soon as the server tells the truth.
    server.setLie(() => null);
    await alice.close();
    const back = await people.back('alice');
    await eventually(() => expect(lines(back, 'bob')).toEqual(['sent secret']));
  });

  it.each([
    ['that is none', { bundle: 'AAAA' }],
    ['that is no base64', { bundle: '%%%' }],
    ['of another user', null],
    ['that is no text', { bundle: 7 }],
  ])('a bundle: one %s is refused', async (_, body) => {
    const { server, alice } = pair;
    const answer = { status: 200, body: body ?? { bundle: server.user('alice').bundle } };
    server.setLie((path) => (path === '/chat/bob/bundle' ? answer : null));
    alice.send('bob', 'secret');
    await eventually(() => expect(alice.warnings()[0]).toContain('its own log'));
    expect(lines(alice, 'bob')).toEqual(['queued secret']);
    expect(posted(server, 'send')).toEqual([]);
  });
});

describe('a server that repeats', () => {
  it('an exchange, under a new id, changes no state (check 4)', async () => {
    const { server, people, alice, bob } = pair;
    await introduce(pair);
    const [exchange] = posted(server, 'keyexchange');
    await bob.close();
    const ratchets = () =>
      inspect(people, 'bob', ({ ratchets: table, contacts }) => table.of(contacts.ensure('alice').id));
    const before = await ratchets();
    for (const n of [1, 2, 3])
      server.deliverKey('bob', { sender: 'alice', ...exchange, id: `replayed-${n}--------` });
    const back = await people.back('bob');
    await rounds(server);
    await back.close();
    expect(await ratchets()).toEqual(before);
    const again = await people.back('bob');
    alice.send('bob', 'still there?');
    await eventually(() => expect(lines(again, 'alice').at(-1)).toBe('received still there?'));
    expect(posted(server, 'keyexchange')).toHaveLength(1);
  });

  it('a message, under its id or a new one, shows it once', async () => {
    const { server, bob } = pair;
    await introduce(pair);
    const [message] = posted(server, 'send');
    server.deliverMessage('bob', { sender: 'alice', ...message });
    server.deliverMessage('bob', { sender: 'alice', ...message, id: 'replayed---------' });
    await eventually(() => expect(lines(bob, 'alice')).toContain('undecryptable'));
    expect(texts(lines(bob, 'alice'))).toEqual(['received hello']);
  });
});

describe('a directory that substitutes a key (check 5)', () => {
  it('of a contact that is pinned: sending is blocked until the person accepts', async () => {
    const { server, alice, bob } = pair;
    await introduce(pair);
    const { digits } = await alice.safetyNumber('bob');
    alice.setVerified('bob', true);
    createImpostor(server, 'bob').publish();
    const changed = await alice.safetyNumber('bob');
    expect(protection(alice, 'bob')).toBe('changed');
    expect(changed.before).toBe(digits);
    expect(changed.digits).not.toBe(digits);
    expect(() => alice.send('bob', 'secret')).toThrow(expect.objectContaining({ code: 'identity_changed' }));
    expect(() => alice.setVerified('bob', true)).toThrow(
      expect.objectContaining({ code: 'identity_changed' }),
    );
    expect(alice.warnings()[0]).toContain('The identity of bob has changed');
    expect(lines(alice, 'bob').at(-1)).toContain('note The identity of bob has changed');
    // What bob himself writes still arrives: his sessions are those of before.
    bob.send('alice', 'it is me');
    await eventually(() => expect(lines(alice, 'bob').at(-1)).toBe('received it is me'));

    alice.acceptIdentity('bob');
    expect(protection(alice, 'bob')).toBe('unverified');
    expect(alice.warnings()).toEqual([]);
    alice.send('bob', 'at your own risk');
    await eventually(() => expect(lines(alice, 'bob').at(-1)).toBe('sent at your own risk'));
  });

  it('blocks what was waiting to be sent, too, and lets it go after acceptance', async () => {
    const { server, alice } = pair;
    await introduce(pair);
    server.setFault((path) => (path.endsWith('/send') ? failed('unavailable') : null));
    alice.send('bob', 'waiting');
    alice.renewKeys('bob');
    createImpostor(server, 'bob').publish();
    await alice.safetyNumber('bob');
    server.setFault(() => null);
    // What bob has to say, a receipt that was refused meanwhile, may go.
    const toBob = () => server.requests.filter(({ path }) => path === '/chat/bob/send');
    const before = toBob().length;
    await rounds(server);
    expect(toBob()).toHaveLength(before);
    expect(lines(alice, 'bob')).toContain('queued waiting');
    alice.acceptIdentity('bob');
    await eventually(() => expect(lines(alice, 'bob')).toContain('sent waiting'));
  });

  it('and takes it back: sending goes on, and what was verified is so no more', async () => {
    const { server, alice } = pair;
    await introduce(pair);
    alice.setVerified('bob', true);
    const { bundle } = server.user('bob');
    createImpostor(server, 'bob').publish();
    await alice.safetyNumber('bob');
    server.user('bob').bundle = bundle;
    server.record('bob', 'bundle', Buffer.from(bundle ?? '', 'base64'));
    await alice.safetyNumber('bob');
    expect(protection(alice, 'bob')).toBe('unverified');
    expect(alice.warnings()).toEqual([]);
    alice.send('bob', 'again');
    await eventually(() => expect(lines(alice, 'bob').at(-1)).toBe('sent again'));
  });

  it('at the first contact is seen by him in whose name it was published', async () => {
    const { server, people, bob } = pair;
    await bob.close();
    createImpostor(server, 'bob', server.user('bob').pem).publish();
    const back = await people.back('bob');
    await eventually(() => expect(back.warnings()[0]).toContain('keys were published in your name'));
    // His own bundle stands there again, with a later serial.
    await eventually(() => expect(server.log.at(-1)?.username).toBe('bob'));
    await back.close();
    expect((await people.back('bob')).warnings()).toHaveLength(1);
  });

  it('and forges an exchange under it: nothing of it is shown before the person accepts', async () => {
    const { server, alice } = pair;
    await introduce(pair);
    const impostor = createImpostor(server, 'bob');
    impostor.publish();
    const { encrypted_key, message } = impostor.write('alice', 'send me your password');
    server.deliverKey('alice', { sender: 'bob', encrypted_key });
    server.deliverMessage('alice', { sender: 'bob', message });
    await eventually(() => expect(protection(alice, 'bob')).toBe('changed'));
    await eventually(() => expect(lines(alice, 'bob')).toContain('undecryptable'));
    expect(texts(lines(alice, 'bob'))).toEqual(['received hello too']);
  });

  it('in an exchange alone, without saying so in the directory: it opens nothing', async () => {
    const { server, alice } = pair;
    await introduce(pair);
    const { encrypted_key, message } = createImpostor(server, 'bob').write('alice', 'forged');
    server.deliverKey('alice', { sender: 'bob', encrypted_key });
    server.deliverMessage('alice', { sender: 'bob', message });
    await eventually(() => expect(lines(alice, 'bob')).toContain('undecryptable'));
    await rounds(server);
    expect(protection(alice, 'bob')).toBe('unverified');
    expect(texts(lines(alice, 'bob'))).toEqual(['received hello too']);
  });
});

describe('a server that downgrades (check 11)', () => {
  it('by an older bundle, which was replaced: it is refused', async () => {
    const { server, people, alice, bob } = pair;
    await introduce(pair);
    const old = server.user('bob').bundle ?? '';
    await bob.close();
    await inspect(people, 'bob', ({ ownKeys }) => {
      const [newest = fail()] = ownKeys.bundles();
      ownKeys.putBundle({ ...newest, madeAt: 0 });
    });
    await people.back('bob');
    await eventually(() => expect(server.user('bob').bundle).not.toBe(old));
    await alice.safetyNumber('bob');
    server.user('bob').bundle = old;
    server.record('bob', 'bundle', Buffer.from(old, 'base64'));
    await expect(alice.safetyNumber('bob')).rejects.toMatchObject({
      message: expect.stringContaining('its own log'),
    });
  });

  it.each([
    ['that a contact has no bundle', 'no_bundle'],
    ['not to know bundles at all', 'not_found'],
  ] as const)('by saying %s: nothing is sent under v1', async (_, code) => {
    const { server, alice } = pair;
    await introduce(pair);
    server.setLie((path) =>
      path === '/chat/bob/bundle' || path.startsWith('/key-log') ? failed(code) : null,
    );
    alice.renewKeys('bob');
    alice.send('bob', 'secret');
    await eventually(() => expect(lines(alice, 'bob').at(-1)).toMatch(/^(sent|failed) secret$/));
    for (const { message } of posted(server, 'send')) expect(message).toMatch(/^v2\./);
    for (const { encrypted_key } of posted(server, 'keyexchange')) expect(encrypted_key).toMatch(/^v2\./);
    await eventually(() => expect(protection(alice, 'bob')).toBe('unverified'));
  });

  it('by a v1 key and a message under it, in the name of a contact seen under v2: it is not shown', async () => {
    const { server, alice } = pair;
    await introduce(pair);
    const alices = importPublicKey(server.user('alice').pem) ?? fail();
    const key = makeKey();
    server.deliverKey('alice', { sender: 'bob', encrypted_key: wrapKey(alices, key) });
    server.deliverMessage('alice', { sender: 'bob', message: encryptMessage(key, 'forged') });
    await eventually(() => expect(lines(alice, 'bob').at(-1)).toBe('refused'));
    expect(JSON.stringify(alice.messages('bob', { limit: 99 }))).not.toContain('forged');
  });

  it('before the first message, by hiding the log: it is v1, and said to be legacy', async () => {
    const { server, alice, bob } = pair;
    server.setLie((path, user) =>
      user === 'alice' && path.startsWith('/key-log') ? failed('not_found') : null,
    );
    alice.send('bob', 'hello');
    await eventually(() => expect(lines(bob, 'alice')).toEqual(['received hello']));
    expect(protection(alice, 'bob')).toBe('legacy');
    expect(alice.messages('bob', { limit: 1 })[0]?.legacy).toBe(true);
    // As soon as the log is there again, it is v2 and stays so.
    server.setLie(() => null);
    await alice.safetyNumber('bob');
    expect(protection(alice, 'bob')).toBe('unverified');
    alice.send('bob', 'better');
    await eventually(() => expect(lines(bob, 'alice').at(-1)).toBe('received better'));
    expect(posted(server, 'send').at(-1)?.message).toMatch(/^v2\./);
  });
});

describe('a server that lies about some', () => {
  it('does not hide that the keys of others have changed', async () => {
    const { server, people, alice } = pair;
    await introduce(pair);
    const carol = await people.join('carol');
    alice.send('carol', 'hello');
    await eventually(() => expect(lines(carol, 'alice')).toEqual(['received hello']));
    for (const name of ['bob', 'carol']) createImpostor(server, name).publish();
    server.setLie((path) => (path === '/chat/bob/bundle' ? failed('internal') : null));
    await alice.close();
    const back = await people.back('alice');
    await eventually(() => expect(protection(back, 'carol')).toBe('changed'));
    expect(protection(back, 'bob')).toBe('unverified');
  });

  it("by a serial of one's own keys that nobody can have reached uses up none", async () => {
    const { server, people, bob } = pair;
    await bob.close();
    const absurd = createImpostor(server, 'bob', server.user('bob').pem, 2 ** 40);
    absurd.publish();
    const back = await people.back('bob');
    await eventually(() => expect(back.warnings().join()).toContain('claims a serial'));
    expect(back.state().kind).toBe('online');
    await back.close();
    const serials = await inspect(people, 'bob', ({ ownKeys }) =>
      ownKeys.bundles().map(({ serial }) => serial),
    );
    expect(Math.max(...serials)).toBeLessThan(10);
  });

  it.each([1e300, Number.MAX_SAFE_INTEGER + 1])(
    'by a record with the number %d costs only that',
    async (seq) => {
      const { server, alice, bob } = pair;
      await introduce(pair);
      server.deliverMessage('bob', { sender: 'alice', message: 'v2.AAAA', seq });
      alice.send('bob', 'after it');
      await eventually(() => expect(lines(bob, 'alice').at(-1)).toBe('received after it'));
      expect(bob.state().kind).toBe('online');
    },
  );
});

describe('strangers without keys', () => {
  it('who start exchanges without end cost a look at the log a round, and nothing stays of them', async () => {
    const { server, people, alice, bob } = pair;
    await introduce(pair);
    const looks = () => server.requests.filter(({ path }) => path.startsWith('/key-log')).length;
    const before = looks();
    for (let n = 0; n < 50; n += 1)
      for (let m = 0; m < 16; m += 1) {
        const { encrypted_key } = createStranger(server, `stranger${n}`);
        server.deliverKey('alice', { sender: `stranger${n}`, encrypted_key });
      }
    bob.send('alice', 'among strangers');
    await eventually(() => expect(lines(alice, 'bob').at(-1)).toBe('received among strangers'));
    await rounds(server);
    expect(looks() - before).toBeLessThan(5);
    await alice.close();
    expect(await inspect(people, 'alice', ({ waitingExchanges }) => waitingExchanges.all())).toEqual([]);
  });
});

describe('whoever has the keys of a contact, and knows the ids of records', () => {
  /** He asks for all that was ever sent, under the identity that is now the contact's. */
  const ids = (server: Pair['server']) => posted(server, 'send').map(({ id }) => id ?? '');

  it('gets nothing that was written to the identity before, when the person accepts him', async () => {
    const { server, alice } = pair;
    alice.send('bob', 'for the old identity');
    await introduce(pair);
    const known = ids(server);
    const impostor = createImpostor(server, 'bob');
    impostor.publish();
    await alice.safetyNumber('bob');
    alice.acceptIdentity('bob');
    for (const said of [impostor.ask('alice', known), impostor.write('alice', 'seen')]) {
      server.deliverKey('alice', { sender: 'bob', encrypted_key: said.encrypted_key });
      server.deliverMessage('alice', { sender: 'bob', message: said.message });
    }
    // His request was read, since what came after it was.
    await eventually(() => expect(lines(alice, 'bob').at(-1)).toBe('received seen'));
    await rounds(server);
    expect(lines(alice, 'bob').filter((line) => /was sent|queued/.test(line))).toEqual([]);
  });
});

describe('a server that reorders, withholds and forges', () => {
  it('messages in any order are shown, each once, and those that are kept back hold up none', async () => {
    const { server, alice, bob } = pair;
    await introduce(pair);
    const held: Record<string, unknown>[] = [];
    server.setLoss((to, { verb, ...record }) => to === 'bob' && verb === 'send' && held.push(record) > 0);
    const sent = Array.from({ length: 20 }, (_, n) => `m${n}`);
    for (const text of sent) alice.send('bob', text);
    await eventually(() => expect(held).toHaveLength(20));
    const [kept, ...rest] = held;
    for (const record of [...rest].reverse()) server.deliverMessage('bob', record);
    await eventually(() => expect(texts(lines(bob, 'alice'))).toHaveLength(20));
    if (kept) server.deliverMessage('bob', kept);
    await eventually(() =>
      expect(texts(lines(bob, 'alice')).sort()).toEqual(
        ['received hello', ...sent.map((text) => `received ${text}`)].sort(),
      ),
    );
  });

  it('a message that is cut, lengthened or changed opens nothing, and the next one arrives', async () => {
    const { server, alice, bob } = pair;
    await introduce(pair);
    server.setLoss((to, { verb, sender, message, id }) => {
      if (to !== 'bob' || verb !== 'send') return false;
      const bytes = Buffer.from(String(message).slice(3), 'base64');
      const flipped = Buffer.from(bytes);
      flipped[flipped.length - 20] = (flipped.at(-20) ?? 0) ^ 1;
      const forms = [bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.of(0)]), flipped];
      for (const [n, form] of forms.entries())
        server.deliverMessage('bob', { sender, message: `v2.${form.toString('base64')}`, id: `${id}${n}` });
      return true;
    });
    alice.send('bob', 'mangled');
    await eventually(() =>
      expect(lines(bob, 'alice').filter((line) => line === 'undecryptable')).toHaveLength(3),
    );
    server.setLoss(() => false);
    alice.send('bob', 'whole');
    await eventually(() => expect(texts(lines(bob, 'alice'))).toContain('received whole'));
    expect(texts(lines(bob, 'alice'))).not.toContain('received mangled');
  });

  it('presence and the list of users are its to forge: keys and messages do not depend on them', async () => {
    const { server, alice, bob } = pair;
    server.setLie((path) =>
      path === '/chat/users'
        ? {
            status: 200,
            body: [
              { username: 'BOB', online: true },
              { username: 'mallory', online: true },
            ],
          }
        : null,
    );
    await introduce(pair);
    expect(await alice.safetyNumber('bob')).toEqual(await bob.safetyNumber('alice'));
  });
});

const fail = (): never => {
  throw new Error('there is none');
};
