import type { Metrics } from '@secure-chat/service-kit/metrics/metrics';

/**
 * What came of a login. `bad_challenge`: it was used, expired, or never of this name, which is all that a stranger to the private
 * key can answer. `wrong_proof`: the key was right, and the password was not. `suspended`: all was right, and an administrator keeps the
 * account out. `delayed`: it was not looked at, after too many of these.
 */
export type LoginOutcome = 'opened' | 'bad_challenge' | 'wrong_proof' | 'suspended' | 'delayed';

export type CountLogin = (outcome: LoginOutcome) => void;

export function countLogins(metrics: Metrics): CountLogin {
  const logins = metrics.counter('logins_total', 'Logins by what came of them.', ['outcome']);
  return (outcome) => logins.add({ outcome });
}
