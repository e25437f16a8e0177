import { describe, expect, it } from 'vitest';
import { createLogger } from '../src/logger.ts';

const CANARY = 'canary-c0ffee';
const SECRET_MEMBERS = [
  ...['password', 'passwordHash', 'payload', 'proof', 'challenge', 'challenge_response', 'nonce', 'message'],
  ...[
    'encrypted_key',
    'encryptedKey',
    'sessionKey',
    'session-key',
    'sealedKey',
    'publicKey',
    'public-key',
    'key',
  ],
  ...['signature', 'authorization', 'x-request-signature', 'x-session-id', 'x-internal-identity', 'body'],
  'headers',
];

function logged(log: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  log(createLogger('test', 'trace', { write: (line) => void lines.push(line) }));
  return lines.join('');
}

describe('the log', () => {
  it.each(SECRET_MEMBERS)('never has a member %j, at the top or in any object of the line', (member) => {
    const text = logged((logger) => {
      logger.info({ [member]: CANARY }, 'top');
      logger.info({ request: { [member]: CANARY } }, 'below');
      logger.info({ request: { [member]: { deep: CANARY } } }, 'an object');
      logger.child({ [member]: CANARY }).info('a child');
    });
    expect(text).toContain('"msg":"a child"');
    expect(text).toContain('[redacted]');
    expect(text).not.toContain(CANARY);
  });

  it('keeps the type and the stack of an error, and of its causes', () => {
    const error = new TypeError('it broke', { cause: new Error('the disk is full') });
    const line = JSON.parse(logged((logger) => logger.error({ err: error }, 'failed')));
    expect(line).toMatchObject({ msg: 'failed', name: 'test', err: { type: 'TypeError' } });
    expect(line.err.stack).toContain('it broke');
    expect(line.err.stack).toContain('the disk is full');
  });

  it('keeps what is not secret', () => {
    const line = JSON.parse(logged((logger) => logger.info({ topic: 'chat.users', offset: 3 }, 'set aside')));
    expect(line).toMatchObject({ topic: 'chat.users', offset: 3 });
  });
});
