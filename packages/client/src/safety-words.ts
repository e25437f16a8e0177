import { wordlist } from '@scure/bip39/wordlists/english.js';

/** Words of a safety number: 2,048 to the power of 19 is the first that is more than 10 to the power of 60. */
export const SAFETY_WORDS = 19;

/** The digits as words of BIP 39's English list, which were chosen to be told apart by ear: base 2,048, most significant first. */
export function wordsOf(digits: string): string[] {
  let rest = BigInt(digits);
  const words: string[] = [];
  for (let place = 0; place < SAFETY_WORDS; place += 1) {
    words.unshift(wordlist[Number(rest % 2048n)] ?? '');
    rest /= 2048n;
  }
  return words;
}
