import { BODY_MAX } from '@secure-chat/wire/limits';
import { type Attack, addresses } from '../attack.ts';
import { createAttackers } from '../attackers.ts';
import { flood, postBytes } from '../flood.ts';

const OVERSIZED = Buffer.alloc(BODY_MAX + 1, ' ');
const DEEP = BODY_MAX / 2 - 8;
const NESTED = `{"x":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`;
const WIDE = `{${Array.from({ length: 6_000 }, (_, index) => `"k${index}":0`).join()}}`;
const TEXT = JSON.stringify({ username: '\u0000'.repeat(10_000) });

/** Bodies that are too large, and those that are just small enough and take the most to parse. */
export const bodies: Attack = {
  name: 'oversized and nested JSON',
  about:
    '400 a second of 64 KiB: too large, nested 32,760 deep, 6,000 members, escapes; open and signed, 4 addresses',
  async prepare(field) {
    const [attacker] = await createAttackers(field.url, 1);
    if (!attacker) throw new Error('nobody');
    const send = `/chat/${attacker.name}/send`;
    const login = '/chat/auth/login-challenge';
    const shapes = [
      () => postBytes(field.url, login, OVERSIZED),
      () => postBytes(field.url, login, NESTED),
      () => postBytes(field.url, login, WIDE),
      () => postBytes(field.url, login, TEXT),
      () => postBytes(field.url, send, NESTED, attacker.headers(NESTED)),
      () => postBytes(field.url, send, WIDE, attacker.headers(WIDE)),
    ];
    const next = (turn: number) =>
      (shapes[turn % shapes.length] ?? shapes[0])?.() ?? postBytes(field.url, login, '');
    return () => flood(field, { addresses: addresses(4), connections: 8, perSecond: 400, breath: 1, next });
  },
};
