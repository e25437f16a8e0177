import type { AdminKeyRotation } from '@secure-chat/wire/admin-api';
import { expect, it } from 'vitest';
import { admin, answering, serveIn } from './admin-under-test.ts';
import { temporaryFolder } from './temporary-folder.ts';

const DONE: AdminKeyRotation = {
  phase: 'done',
  keyId: '0123abcd',
  accounts: 3,
  sessions: 2,
  unreadable: 0,
  olderKeys: 0,
};

/** A server whose rotation goes through these states; which questions it got. */
async function rotating(states: readonly AdminKeyRotation[], refusal: string | null = null) {
  const folder = temporaryFolder();
  const asked: string[] = [];
  const left = [...states];
  await serveIn(folder, [
    answering('POST', '/key-rotation', () => {
      asked.push('start');
      return { refusal };
    }),
    answering('GET', '/key-rotation', () => {
      asked.push('how far');
      return left.shift();
    }),
  ]);
  return { asked, run: (...args: string[]) => admin(folder, ['rotate-keys', ...args]) };
}

it('begins a rotation, and waits for its end', async () => {
  const states = [{ ...DONE, phase: 'sealing', accounts: 1 }, { ...DONE, phase: 'waiting' }, DONE] as const;
  const { asked, run } = await rotating(states);
  expect(await run()).toMatchObject({
    code: 0,
    stdout: 'All is sealed under the newest key.\nkey 0123abcd, accounts 3, sessions 2\n',
  });
  expect(asked).toEqual(['start', 'how far', 'how far', 'how far']);
});

it('says how far one is, and begins none', async () => {
  const { asked, run } = await rotating([{ ...DONE, phase: 'sealing', sessions: 0, olderKeys: 1 }]);
  const { code, stdout } = await run('--status', '--json');
  expect([code, JSON.parse(stdout)]).toEqual([0, { ...DONE, phase: 'sealing', sessions: 0, olderKeys: 1 }]);
  expect(asked).toEqual(['how far']);
});

it('says what is left for whoever keeps the keys himself, and what could not be opened', async () => {
  const { run } = await rotating([{ ...DONE, olderKeys: 1, unreadable: 4 }]);
  const { stdout } = await run();
  expect(stdout).toContain('Now take the older keys (1) out of where you keep them.');
  expect(stdout).toContain('4 that no key opens stay as they are.');
});

it('fails with the server’s reason where it begins none, and when one has stopped', async () => {
  const refused = await (await rotating([], 'The key is yours.')).run();
  expect(refused).toMatchObject({ code: 1, stdout: '', stderr: 'admin: The key is yours.\n' });
  const stopped = await (await rotating([{ ...DONE, phase: 'failed' }])).run();
  expect([stopped.code, stopped.stdout]).toEqual([1, '']);
  expect(stopped.stderr).toContain('call this again, and it goes on');
});

it('ends when another process has taken over and had nothing left to do', async () => {
  const { run } = await rotating([{ ...DONE, phase: 'idle' }]);
  expect(await run()).toMatchObject({ code: 0 });
});
