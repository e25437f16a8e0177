import type { Attack } from './attack.ts';
import { bodies } from './attacks/bodies.ts';
import { challenges } from './attacks/challenges.ts';
import { connections } from './attacks/connections.ts';
import { guesses } from './attacks/guesses.ts';
import { headers } from './attacks/headers.ts';
import { mailbox } from './attacks/mailbox.ts';
import { registrations } from './attacks/registrations.ts';
import { replays } from './attacks/replays.ts';
import { scans } from './attacks/scans.ts';
import { slowloris } from './attacks/slowloris.ts';

/** In the order in which the server suffers them: those that leave users and sessions behind come last. */
export const ATTACKS: readonly Attack[] = [
  challenges,
  slowloris,
  connections,
  bodies,
  headers,
  guesses,
  replays,
  mailbox,
  registrations,
  scans,
];
