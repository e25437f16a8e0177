import { describe, expect, it, vi } from 'vitest';
import { listOf, member, textMember } from '../v1-client/reading.ts';
import type { V1Session } from '../v1-client/session.ts';
import { expectBody, expectOk, untilListed } from './expectations.ts';
import { newPerson } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';

export function describePresence(server: ServerUnderTest): void {
  describe('presence', { concurrent: true }, () => {
    it('lasts 6 s: online at once, then offline without a word', async () => {
      const [ann, bob] = [await newPerson(server), await newPerson(server)];
      await untilListed(ann.session, { username: bob.name, online: false });
      const start = performance.now();
      expectBody(await bob.session.post('/presence'), { status: 'OK' });
      const said = performance.now();
      await vi.waitFor(async () => expect(await isOnline(ann.session, bob.name)).toBe(true), 1_000);
      await vi.waitFor(async () => expect(await isOnline(ann.session, bob.name)).toBe(false), {
        timeout: 10_000,
        interval: 100,
      });
      const gone = performance.now();
      expect(gone - start).toBeGreaterThan(5_800);
      expect(gone - said).toBeLessThan(8_000);
    });

    it('is prolonged by each beat', async () => {
      const [ann, bob] = [await newPerson(server), await newPerson(server)];
      const start = performance.now();
      await vi.waitFor(
        async () => {
          expectBody(await bob.session.post('/presence'), { status: 'OK' });
          expect(performance.now() - start).toBeGreaterThan(6_500);
        },
        { timeout: 10_000, interval: 500 },
      );
      expect(await isOnline(ann.session, bob.name)).toBe(true);
    });
  });
}

async function isOnline(session: V1Session, name: string): Promise<unknown> {
  const users = listOf(expectOk(await session.get('/chat/users')));
  return member(
    users.find((user) => textMember(user, 'username') === name),
    'online',
  );
}
