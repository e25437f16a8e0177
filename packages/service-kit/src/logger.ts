import { type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';
import { type Metrics, NO_METRICS } from './metrics/metrics.ts';

export type { Logger };

/** Members that never reach a log, at the top or one level down, whatever object they stand in. */
const SECRET = [
  'password',
  'passwordHash',
  'payload',
  'proof',
  'challenge',
  'challenge_response',
  'nonce',
  'message',
  'encrypted_key',
  'encryptedKey',
  'sessionKey',
  'session-key',
  'sealedKey',
  'publicKey',
  'public-key',
  'key',
  'signature',
  'authorization',
  'x-request-signature',
  'x-session-id',
  'x-internal-identity',
  'body',
  'headers',
];

export interface LoggerOptions {
  /** In place of stdout. */
  readonly write?: (line: string) => void;
  readonly metrics?: Metrics;
}

/** JSON lines on stdout. `err` keeps type and stack, which begins with its message. Lines are counted by their level. */
export const createLogger = (
  name: string,
  level: LogLevel,
  { write, metrics = NO_METRICS }: LoggerOptions = {},
): Logger => {
  const lines = metrics.counter('log_lines_total', 'Lines of the log.', ['level']);
  return pino(
    {
      name,
      level,
      hooks: {
        logMethod(args, method, number) {
          lines.add({ level: pino.levels.labels[number] ?? 'other' });
          method.apply(this, args);
        },
      },
      redact: {
        paths: SECRET.flatMap((member) => [`["${member}"]`, `*["${member}"]`]),
        censor: '[redacted]',
      },
      serializers: { err: pino.stdSerializers.err },
    },
    write ? { write } : pino.destination({ dest: 1, sync: true }),
  );
};
