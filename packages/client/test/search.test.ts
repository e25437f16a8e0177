import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FOUND_MAX } from '../src/search.ts';
import { gatherPair, introduce, type Pair } from './e2ee/people.ts';
import { eventually } from './people.ts';

let pair: Pair;
beforeEach(async () => {
  pair = await gatherPair();
  await introduce(pair);
});
afterEach(() => pair.end());

const found = async (words: string, contact?: string): Promise<string[]> =>
  (await pair.alice.search(words, contact)).map(({ text }) => text);
const arrive = (text: string) =>
  eventually(() =>
    expect(pair.alice.messages('bob', { limit: 1_000 }).map((message) => message.text)).toContain(text),
  );

describe('a search', () => {
  it('finds what has all of the words, the newest first, in whatever case and with whatever marks', async () => {
    pair.bob.send('alice', 'Grüße aus Łódź, café');
    await arrive('Grüße aus Łódź, café');
    for (const words of ['grusse', 'GRÜSSE', 'gruße', 'CAFE aus', 'ódź', 'ＡＵＳ'])
      expect(await found(words)).toEqual(['Grüße aus Łódź, café']);
    expect(await found('hello')).toEqual(['hello too', 'hello']);
    expect(await found('hello aus')).toEqual([]);
    for (const nothing of ['', '  ', '\u0301']) expect(await found(nothing)).toEqual([]);
  });

  it('knows what came, was changed and was deleted after the first one', async () => {
    expect(await found('later')).toEqual([]);
    pair.bob.send('alice', 'later on');
    await arrive('later on');
    expect(await found('later')).toEqual(['later on']);
    const [own] = pair.alice.messages('bob', { limit: 1_000 });
    pair.alice.edit('bob', own?.id ?? 0, 'hallo');
    expect(await found('hallo')).toEqual(['hallo']);
    expect(await found('hello')).toEqual(['hello too']);
    pair.alice.retract('bob', own?.id ?? 0);
    expect(await found('hallo')).toEqual([]);
    pair.alice.deleteHistory('bob');
    expect(await found('later')).toEqual([]);
  });

  it('is of one contact where that is wanted', async () => {
    const carol = await pair.people.join('carol');
    carol.send('alice', 'hello from carol');
    await eventually(async () => expect(await found('hello', 'carol')).toEqual(['hello from carol']));
    expect(await found('hello', 'bob')).toEqual(['hello too', 'hello']);
    expect(await found('hello', 'dave')).toEqual([]);
    expect(await found('hello')).toHaveLength(3);
  });

  it(`finds ${FOUND_MAX} at most`, async () => {
    for (let number = 0; number <= FOUND_MAX; number += 1) pair.alice.send('bob', `number ${number}`);
    const all = await found('number');
    expect(all).toHaveLength(FOUND_MAX);
    expect(all[0]).toBe(`number ${FOUND_MAX}`);
  });

  it('is refused once the client is closed', async () => {
    await pair.alice.close();
    await expect(pair.alice.search('hello')).rejects.toThrow('signed out');
  });
});
