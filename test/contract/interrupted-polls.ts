import { describe, expect, it } from 'vitest';
import { askAndBreakOff, askAndVanish, requestHead } from '../v1-client/raw-socket.ts';
import { drainTexts, expectOk, pollKeys, pollMessages } from './expectations.ts';
import { newPerson, type Person } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';

// 12 MB: more than the socket buffers of both ends take, so that the response cannot be written whole
const LARGE = { count: 200, characters: 60_000 };

export function describeInterruptedPolls(server: ServerUnderTest): void {
  const pollBytes = ({ session }: Person, path: string) =>
    requestHead(server.url, 'GET', path, session.headers());
  const withPending = async (count: number, characters: number) => {
    const [ann, bob] = [await newPerson(server), await newPerson(server)];
    const texts = Array.from({ length: count }, (_, index) => `${index} `.padEnd(characters, 'x'));
    for (const message of texts) {
      expectOk(await ann.session.post(`/chat/${bob.name}/send`, { message }));
    }
    return { bob, texts };
  };
  describe('a poll that broke off', () => {
    it('in the middle of a large response delivers the same messages again, then no more', async () => {
      const { bob, texts } = await withPending(LARGE.count, LARGE.characters);
      for (let attempt = 0; attempt < 3; attempt += 1) {
        await askAndBreakOff(server.url, pollBytes(bob, '/chat/messages'));
      }
      const received = await drainTexts(bob.session);
      expect(received.map((text) => text.split(' ')[0])).toEqual(texts.map((text) => text.split(' ')[0]));
      expect(received).toEqual(texts);
      expect(await pollMessages(bob.session)).toEqual([]);
    });

    it('before the response delivers the same messages again', async () => {
      const { bob, texts } = await withPending(3, 100);
      await askAndVanish(server.url, pollBytes(bob, '/chat/messages'));
      expect(await drainTexts(bob.session)).toEqual(texts);
    });

    it('delivers the same keys again too', async () => {
      const [ann, bob] = [await newPerson(server), await newPerson(server)];
      for (const key of ['k1', 'k2']) {
        expectOk(await ann.session.post(`/chat/${bob.name}/keyexchange`, { encrypted_key: key }));
      }
      await askAndVanish(server.url, pollBytes(bob, '/chat/keyexchange'));
      expect(await pollKeys(bob.session)).toMatchObject([{ encrypted_key: 'k1' }, { encrypted_key: 'k2' }]);
      expect(await pollKeys(bob.session)).toEqual([]);
    });
  });
}
