import type { ENDPOINTS } from '@secure-chat/wire/endpoints';

type NameOf<E> = E extends { method: infer M extends string; path: infer P extends string }
  ? `${M} ${P}`
  : never;
/** An endpoint of the public API, such as `POST /chat/auth/login`. */
export type EndpointName = NameOf<(typeof ENDPOINTS)[number]>;

export interface Rule {
  readonly name: string;
  /** Who has a bucket: a client's address (`clientNetwork`), a user, or a user for each recipient. */
  readonly scope: 'address' | 'user' | 'pair';
  /** `others`: the signed endpoints that no rule of this scope covers by name. */
  readonly covers: readonly EndpointName[] | 'others';
  /** Takes from the bucket only for a recipient who has not had anything to do with the user for a day. */
  readonly onlyStrangers?: true;
  /** As `LIMITS` has it: so many in a time for as long as one likes, and so many at once after a pause. */
  readonly rate: string;
  readonly reason: string;
}

const SEND = 'POST /chat/:username/send';
const KEY_EXCHANGE = 'POST /chat/:username/keyexchange';

/**
 * What a client may do how often; `docs/limits.md` is this table for people. Rates of addresses are for all who share one: behind
 * docker's bridge, or a proxy that is not trusted, everybody.
 */
export const RULES = [
  {
    name: 'register.address',
    scope: 'address',
    covers: ['POST /chat/auth/register'],
    rate: '200/h+2000',
    reason: 'a company that begins on one day; each costs an RSA decryption, and two topics for ever',
  },
  {
    name: 'register-challenge.address',
    scope: 'address',
    covers: ['GET /chat/auth/register-challenge'],
    rate: '500/s+5000',
    reason:
      'it costs one HMAC; the rate is high so that who shares an address with a flood gets one soon after it',
  },
  {
    name: 'login-challenge.address',
    scope: 'address',
    covers: ['POST /chat/auth/login-challenge'],
    rate: '200/s+2000',
    reason:
      'two thousand people who come back at once; an RSA encryption each, of which 200 take a hundredth of a second',
  },
  {
    name: 'login.address',
    scope: 'address',
    covers: ['POST /chat/auth/login'],
    rate: '100/s+2000',
    reason: 'the same people; a session each, and a record that all gateways read',
  },
  {
    name: 'sends.user',
    scope: 'user',
    covers: [SEND],
    rate: '20/s+1000',
    reason: 'a bot that answers 20 people a second; a day offline that is sent at once',
  },
  {
    name: 'sends.pair',
    scope: 'pair',
    covers: [SEND],
    rate: '10/s+500',
    reason: 'nobody reads more; a log that is piped into `chat send`',
  },
  {
    name: 'keyexchanges.user',
    scope: 'user',
    covers: [KEY_EXCHANGE],
    rate: '5/s+500',
    reason: 'new keys with every contact at once',
  },
  {
    name: 'keyexchanges.pair',
    scope: 'pair',
    covers: [KEY_EXCHANGE],
    rate: '1/s+60',
    reason: 'a conversation has a new exchange when it begins, and when it is repaired',
  },
  {
    name: 'strangers.user',
    scope: 'user',
    covers: [SEND, KEY_EXCHANGE],
    onlyStrangers: true,
    rate: '200/d',
    reason: 'more than anybody meets in a day, and spam is dear; who has written first is no stranger',
  },
  {
    name: 'lookups.user',
    scope: 'user',
    covers: [
      'GET /chat/users',
      'GET /chat/:username/publickey',
      'GET /chat/:username/bundle',
      'GET /key-log',
    ],
    rate: '20/s+2000',
    reason: 'the bundles of all contacts and two million entries of the key log at a first start',
  },
  {
    name: 'streams.user',
    scope: 'user',
    covers: ['GET /chat/stream'],
    rate: '1/s+60',
    reason: 'sixteen sessions on a bad line, which come again every 10 s',
  },
  {
    name: 'passwords.user',
    scope: 'user',
    covers: ['POST /chat/auth/password', 'POST /chat/auth/delete'],
    rate: '1/m+20',
    reason: 'who has a session may guess at the password; each costs an RSA decryption',
  },
  {
    name: 'requests.user',
    scope: 'user',
    covers: 'others',
    rate: '100/s+2000',
    reason: 'thirty v1 sessions of one user, each with three polls a second',
  },
] as const satisfies readonly Rule[];

export type RuleName = (typeof RULES)[number]['name'];

export const isRuleName = (text: string): text is RuleName => RULES.some(({ name }) => name === text);
