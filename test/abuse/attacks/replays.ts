import { type Attack, addresses } from '../attack.ts';
import { createAttackers } from '../attackers.ts';
import { flood, postBytes, requestBytes } from '../flood.ts';

/** Requests that somebody recorded, again and again: to where they went, and elsewhere; and new signatures without end. */
export const replays: Attack = {
  name: 'replay storms',
  about: '3,000 signed requests a second, v1 and v2, of which 9 in 10 came before, 4 addresses',
  async prepare(field) {
    const [attacker] = await createAttackers(field.url, 1);
    if (!attacker) throw new Error('nobody');
    const send = `/chat/${attacker.name}/send`;
    const body = JSON.stringify({ message: 'm' });
    const fresh = () => [
      postBytes(field.url, send, body, attacker.headers(body)),
      postBytes(field.url, '/presence', '', attacker.headers('')),
      postBytes(field.url, send, body, attacker.headersV2('POST', send, body)),
      requestBytes(field.url, 'GET', '/chat/messages', attacker.headers('')),
    ];
    let recorded = fresh();
    const next = (turn: number) => {
      if (turn % 40 === 0) recorded = fresh();
      return recorded[turn % recorded.length] ?? requestBytes(field.url, 'GET', '/');
    };
    return () => flood(field, { addresses: addresses(4), connections: 8, perSecond: 3_000, next });
  },
};
