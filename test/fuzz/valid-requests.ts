import type { Endpoint } from '@secure-chat/wire/endpoints';
import { bundleFor } from '../contract/bundle-for.ts';
import { newAccount } from '../contract/people.ts';
import type { Random } from '../faults/random.ts';
import {
  fetchLoginNonce,
  fetchRegisterChallenge,
  loginAnswer,
  type RegisterChallenge,
  registration,
  type V1Account,
} from '../v1-client/account.ts';
import { passwordHash, sealOaep256 } from '../v1-client/primitives.ts';
import type { Attacker } from './attackers.ts';
import type { Draft, Signing } from './draft.ts';
import type { SchemaValues } from './schema-values.ts';

const SIGNINGS: readonly Signing[] = ['v1', 'v1 with its id', 'v2'];

export interface ValidRequestsParts {
  readonly url: string;
  readonly values: SchemaValues;
  /** Who are written to, and asked about. */
  readonly attackers: readonly Attacker[];
  /** Who are asked about, and tried to be logged in as, only. */
  readonly bystanders: readonly string[];
}

/** A change of the password to what it is. */
function sameAgain({ password }: V1Account, { publicKey, nonce }: RegisterChallenge) {
  const hash = passwordHash(password);
  return { nonce, payload: sealOaep256(publicKey, `${hash}|${hash}|${nonce}`) };
}

/** A body that the server means, beside those that only fit the schema. */
type Meant = (attacker: Attacker, random: Random) => Promise<unknown> | unknown;

/** Requests as their endpoint's schemas have them, and where more than that is asked for as a client would make them. */
export function createValidRequests({ url, values, attackers, bystanders }: ValidRequestsParts) {
  let serial = 0;
  const names = attackers.map(({ account }) => account.username);
  const all = [...names, ...bystanders];
  const meant: Record<string, Meant> = {
    '/chat/auth/register': async () => registration(newAccount('fuzzed'), await fetchRegisterChallenge(url)),
    '/chat/auth/login-challenge': (_, random) => ({ username: random.pick(all) }),
    '/chat/auth/login': async ({ account }) => loginAnswer(account, await fetchLoginNonce(url, account)),
    '/chat/auth/password': async ({ account }) => sameAgain(account, await fetchRegisterChallenge(url)),
    '/chat/keys/bundle': ({ account }) => ({ bundle: bundleFor(account, ++serial) }),
    '/chat/ack': () => ({ cursor: '0.0' }),
  };

  return async (endpoint: Endpoint, attacker: Attacker, random: Random): Promise<Draft> => {
    const { method, path, request, query, signed } = endpoint;
    const name = random.pick(method === 'GET' ? all : names);
    const parameters = query ? new URLSearchParams(Object.entries(Object(values(query, random)))) : '';
    const isMeant = random.chance(0.5) || !request;
    const body =
      isMeant && meant[path] ? await meant[path](attacker, random) : request && values(request, random);
    const target = path.replace(':username', name) + (String(parameters) && `?${parameters}`);
    return {
      endpoint,
      route: { method, target },
      method,
      target,
      headers: request ? [['Content-Type', 'application/json']] : [],
      body: Buffer.from(request ? JSON.stringify(body) : ''),
      signing: signed ? random.pick(SIGNINGS) : 'none',
      bent: [],
      isBroken: false,
    };
  };
}
