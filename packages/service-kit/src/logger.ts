import { type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

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

/** JSON lines on stdout (or a stream of a test's). `err` keeps type and stack, which begins with its message. */
export const createLogger = (
  name: string,
  level: LogLevel,
  destination?: { write(line: string): void },
): Logger =>
  pino(
    {
      name,
      level,
      redact: {
        paths: SECRET.flatMap((member) => [`["${member}"]`, `*["${member}"]`]),
        censor: '[redacted]',
      },
      serializers: { err: pino.stdSerializers.err },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
