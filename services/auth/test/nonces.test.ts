import { AppError } from '@secure-chat/service-kit/app-error';
import { describe, expect, it } from 'vitest';
import { createNonces } from '../src/nonces.ts';

const LIFE_MS = 60_000;

function createAt(usedMax?: number) {
  let now = 1_767_522_600_000;
  const nonces = createNonces({ lifeMs: LIFE_MS, clock: () => now, ...(usedMax && { usedMax }) });
  return {
    ...nonces,
    pass(ms: number) {
      now += ms;
    },
  };
}

describe('a nonce', () => {
  it('is 32 hex digits and never the same twice', () => {
    const { issue } = createAt();
    const issued = Array.from({ length: 1_000 }, () => issue('alice'));
    expect(new Set(issued).size).toBe(1_000);
    for (const nonce of issued) expect(nonce).toMatch(/^[0-9a-f]{32}$/);
  });

  it('can be used once', () => {
    const { issue, redeem } = createAt();
    const nonce = issue('alice');
    expect([redeem(nonce, 'alice'), redeem(nonce, 'alice')]).toEqual([true, false]);
  });

  it('can be used only by the subject that it was issued for, who loses nothing by others’ tries', () => {
    const { issue, redeem } = createAt();
    const nonce = issue('alice');
    expect([redeem(nonce, 'bob'), redeem(nonce, ''), redeem(nonce, 'alice')]).toEqual([false, false, true]);
  });

  it('lives as long as it says and not a second longer', () => {
    const { issue, redeem, pass } = createAt();
    const [used, late] = [issue('alice'), issue('alice')];
    pass(LIFE_MS);
    expect(redeem(used, 'alice')).toBe(true);
    pass(1_000);
    expect([redeem(late, 'alice'), redeem(used, 'alice')]).toEqual([false, false]);
  });

  it('cannot be used again when its use is forgotten', () => {
    const { issue, redeem, pass } = createAt();
    const nonce = issue('alice');
    expect(redeem(nonce, 'alice')).toBe(true);
    for (let second = 0; second < 200; second += 1) {
      pass(1_000);
      redeem(issue('bob'), 'bob');
      expect(redeem(nonce, 'alice')).toBe(false);
    }
  });

  it('cannot be made up: no bit of one can be changed', () => {
    const { issue, redeem } = createAt();
    const nonce = Buffer.from(issue('alice'), 'hex');
    for (let bit = 0; bit < 128; bit += 1) {
      const changed = Buffer.from(nonce);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(redeem(changed.toString('hex'), 'alice')).toBe(false);
    }
    for (const text of ['', 'x', nonce.toString('hex').toUpperCase(), `${nonce.toString('hex')}00`]) {
      expect(redeem(text, 'alice')).toBe(false);
    }
  });

  it('of another process is worth nothing here', () => {
    expect(createAt().redeem(createAt().issue('alice'), 'alice')).toBe(false);
  });
});

describe('the memory of nonces', () => {
  it('is not touched by those that are asked for: after 100,000 the one place there is, is free', () => {
    const { issue, redeem } = createAt(1);
    for (let count = 0; count < 100_000; count += 1) issue('flood');
    expect(redeem(issue('alice'), 'alice')).toBe(true);
  });

  it('is bounded: beyond it a nonce is `unavailable`, still unused, and good once others have expired', () => {
    const { issue, redeem, pass } = createAt(2);
    for (const name of ['a', 'b']) expect(redeem(issue(name), name)).toBe(true);
    pass(LIFE_MS / 2);
    const nonce = issue('alice');
    expect(() => redeem(nonce, 'alice')).toThrow(AppError);
    expect(() => redeem(nonce, 'alice')).toThrow(expect.objectContaining({ code: 'unavailable' }));
    pass(LIFE_MS / 2 + 1_000);
    expect(redeem(nonce, 'alice')).toBe(true);
  });

  it('is not taken by wrong, used or expired ones', () => {
    const { issue, redeem } = createAt(1);
    for (let count = 0; count < 100; count += 1) redeem(issue('alice'), 'bob');
    const nonce = issue('alice');
    expect(redeem(nonce, 'alice')).toBe(true);
    expect(redeem(nonce, 'alice')).toBe(false);
  });
});
