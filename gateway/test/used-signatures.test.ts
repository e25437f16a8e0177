import { describe, expect, it } from 'vitest';
import { createUsedSignatures } from '../src/used-signatures.ts';

const NOW = 1_767_522_600_000;

function createTable(signaturesMax?: number, perSessionMax?: number) {
  let now = NOW;
  const table = createUsedSignatures(() => now, signaturesMax, perSessionMax);
  return {
    ...table,
    add: (signature: string, until = now + 30_000, sessionId = 's1') =>
      table.add({ signature, until }, sessionId),
    passTo(time: number) {
      now = time;
    },
  };
}

describe('a used signature', () => {
  it('is taken once, for as long as it would be accepted', () => {
    const { add, passTo, size } = createTable();
    const until = NOW + 30_400;
    expect(add('a', until)).toBe('added');
    for (const time of [NOW, NOW + 29_000, until]) {
      passTo(time);
      expect(add('a', until)).toBe('used');
    }
    expect(size()).toBe(1);
  });

  it('is forgotten with its second, and would be refused as expired if the clock went back', () => {
    const { add, passTo, size } = createTable();
    const until = NOW + 30_400;
    add('a', until);
    passTo(NOW + 31_000);
    expect(add('b')).toBe('added');
    expect(size()).toBe(1);
    passTo(NOW);
    expect(add('a', until)).toBe('expired');
    expect(add('b', NOW + 61_000)).toBe('used');
  });

  it('that another gateway took is used here, too', () => {
    const { add, learn } = createTable();
    learn({ signature: 'a', until: NOW + 30_000 });
    expect(add('a', NOW + 30_000)).toBe('used');
  });
});

describe('the memory of signatures', () => {
  it('takes 500,000 and then no more, of whatever session, and forgets none for it', () => {
    const { add, passTo, size } = createTable();
    for (let index = 0; index < 500_000; index += 1) add(`${index}`, NOW + 30_000, `s${index % 20}`);
    expect(size()).toBe(500_000);
    expect(add('one more', NOW + 30_000, 'another')).toBe('full');
    expect(add('0', NOW + 30_000)).toBe('used');
    expect(size()).toBe(500_000);
    passTo(NOW + 31_000);
    expect(add('one more')).toBe('added');
    expect(size()).toBe(1);
  });

  it('takes 50,000 of one session; others do not notice', () => {
    const { add, passTo } = createTable();
    for (let index = 0; index < 50_000; index += 1) add(`${index}`);
    expect(add('one more')).toBe('session_full');
    expect(add('one more', NOW + 30_000, 'another')).toBe('added');
    passTo(NOW + 31_000);
    expect(add('one more')).toBe('added');
  });

  it('learns what other gateways took beyond its bounds: that has happened', () => {
    const { add, learn } = createTable(1, 1);
    add('a');
    learn({ signature: 'b', until: NOW + 30_000 });
    expect(add('b', NOW + 30_000)).toBe('used');
    expect(add('c', NOW + 30_000, 'another')).toBe('full');
  });

  it('gives the places of a session back as its seconds pass', () => {
    const { add, passTo } = createTable(10, 2);
    add('a', NOW + 10_000);
    add('b', NOW + 20_000);
    expect(add('c')).toBe('session_full');
    passTo(NOW + 11_000);
    expect(add('c')).toBe('added');
    expect(add('d')).toBe('session_full');
  });
});
