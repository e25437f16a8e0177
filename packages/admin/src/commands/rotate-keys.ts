import { AdminKeyRotation, AdminKeyRotationStart } from '@secure-chat/wire/admin-api';
import type { Command, Outcome } from '../command.ts';
import type { Connection } from '../connection.ts';
import { AdminError, EXIT } from '../exit-codes.ts';

export const ROTATE_KEYS: Command = {
  name: 'rotate-keys',
  operands: [],
  summary: 'a new service key in the place of the old one; nobody is logged out',
  details: [
    'Waits until all is sealed under the new key and the old one is gone, which is 10 s at least. It may be',
    'interrupted: the server goes on, and --status says how far it is. A key in SERVICE_KEY or SERVICE_KEY_FILE is',
    'yours to change: put the new one in front of it, call this, and take the old one out.',
    'Copies of the data folder from before still need the old key; afterwards copy service.key anew.',
  ],
  options: [{ name: 'status', help: 'say how far it is, and begin none' }],
  async run(input, { server }) {
    if (input.flag('status')) return told(await progress(server));
    const { refusal } = await server.ask({
      method: 'POST',
      path: '/key-rotation',
      answer: AdminKeyRotationStart,
    });
    if (refusal !== null) throw new AdminError(EXIT.failed, refusal);
    for (;;) {
      const state = await progress(server);
      if (state.phase === 'failed')
        throw new AdminError(
          EXIT.failed,
          'The rotation has stopped: the log of auth says why. Nothing is lost; call this again, and it goes on.',
        );
      // Idle: another process has taken over meanwhile, and found nothing left to do.
      if (state.phase === 'done' || state.phase === 'idle') return told(state);
    }
  },
};

/** At its end, or in 2 s. */
const progress = (server: Connection): Promise<AdminKeyRotation> =>
  server.ask({ method: 'GET', path: '/key-rotation', answer: AdminKeyRotation });

const PHASES = {
  idle: 'No rotation since this server has started.',
  sealing: 'All is being sealed under the newest key.',
  waiting: 'All is sealed; the old key goes in 10 s.',
  done: 'All is sealed under the newest key.',
  failed: 'The rotation has stopped: the log of auth says why. Nothing is lost; rotate-keys goes on with it.',
} as const;

function told(state: AdminKeyRotation): Outcome {
  const { phase, keyId, accounts, sessions, unreadable, olderKeys } = state;
  const lines = [PHASES[phase], `key ${keyId}, accounts ${accounts}, sessions ${sessions}`];
  if (unreadable > 0) lines.push(`${unreadable} that no key opens stay as they are.`);
  if (phase === 'done' && olderKeys > 0)
    lines.push(`Now take the older keys (${olderKeys}) out of where you keep them.`);
  return { json: state, lines };
}
