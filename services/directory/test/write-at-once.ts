import type { EventLog } from '@secure-chat/event-log/event-log';
import type { DatabasePlace } from '@secure-chat/service-kit/database';
import { expect, vi } from 'vitest';
import { bundleOf, pem } from './bundle-of.ts';
import { publishUser, startDirectory } from './directory-under-test.ts';
import { type LoggedEntry, wholeLog } from './log-reading.ts';

const USERS = 12;

/**
 * Two directories on one log, each with one of these databases, get bundles of users at the same time, whose names begin
 * so: every bundle is accepted, and both have one log, with a public key and a bundle of each user.
 */
export async function writeAtOnce(
  log: Pick<EventLog, 'events' | 'codecs'>,
  [first, second]: readonly [DatabasePlace, DatabasePlace],
  prefix: string,
): Promise<void> {
  const one = await startDirectory(log, first);
  const other = await startDirectory(log, second);
  const names = Array.from({ length: USERS }, (_, index) => `${prefix}-${index}`);
  for (const name of names) await publishUser(log, name, pem);
  const answers = await Promise.all(
    names.map((name, index) =>
      (index % 2 === 0 ? one : other).call(name, 'PUT', '/chat/keys/bundle', { bundle: bundleOf(name, 1) }),
    ),
  );
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(names.map(() => 200));
  const namesOf = (entries: readonly LoggedEntry[], kind: string) =>
    entries
      .filter((entry) => entry.kind === kind && names.includes(entry.username))
      .map((entry) => entry.username);
  const entries = await vi.waitFor(
    async () => {
      const whole = await wholeLog(one);
      expect(namesOf(whole, 'public-key').toSorted()).toEqual(names.toSorted());
      return whole;
    },
    { timeout: 10_000 },
  );
  expect(namesOf(entries, 'bundle').toSorted()).toEqual(names.toSorted());
  expect((await wholeLog(other)).slice(0, entries.length)).toEqual(entries);
}
