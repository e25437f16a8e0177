import { randomBytes } from 'node:crypto';
import { v1Timestamp } from '../../v1-client/primitives.ts';
import { type Attack, addresses } from '../attack.ts';
import { openSessions } from '../attackers.ts';
import { flood, postBytes } from '../flood.ts';

/** Sessions beside those of the honest, that a wrong signature has to be tried with. */
const SESSIONS = 1_000;
const LARGE = 'x'.repeat(60_000);

/** Signatures v1 that are nobody's: the server tries the keys of all sessions. */
export const scans: Attack = {
  name: 'wrong v1 signatures',
  about: `1,000 a second without a session's id, one in 10 over 60 KB, among ${SESSIONS} sessions, 8 addresses`,
  async prepare(field) {
    await openSessions(field.url, SESSIONS);
    const next = (turn: number) => {
      const headers = {
        'X-Request-Timestamp': v1Timestamp(),
        'X-Request-Signature': randomBytes(32).toString('hex'),
      };
      return postBytes(field.url, '/presence', turn % 10 === 0 ? LARGE : '', headers);
    };
    return () => flood(field, { addresses: addresses(8), connections: 8, perSecond: 1_000, breath: 2, next });
  },
};
