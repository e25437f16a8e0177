import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Conditions } from '../src/chat-client.ts';

const privateKey = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
/** Three for all tests of a file, given out in turn: no two people of one test share one. */
const keys: KeyObject[] = [];
let keysGiven = 0;

function nextKey(): KeyObject {
  const turn = keysGiven++ % 3;
  keys[turn] ??= privateKey();
  return keys[turn];
}

/** Small keys, a cheap KDF and short pauses: the same code, faster. */
export const QUICK: Partial<Conditions> = {
  makePrivateKey: async () => nextKey(),
  kdfCost: { memoryKib: 1024, passes: 1, lanes: 1 },
  timing: { pollMs: 20, retryMs: 20, retryMaxMs: 60, graceMs: 5_000, upkeepMs: 60_000 },
  requestTimeoutMs: 5_000,
};
