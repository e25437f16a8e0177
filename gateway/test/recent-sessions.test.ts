import { describe, expect, it } from 'vitest';
import { createRecentSessions } from '../src/recent-sessions.ts';

describe('the sessions lately seen from an address', () => {
  it('come newest first, each once', () => {
    const { of, saw } = createRecentSessions();
    for (const sessionId of ['a', 'b', 'c', 'a']) saw('::1', sessionId);
    expect(of('::1')).toEqual(['a', 'c', 'b']);
    expect(of('::2')).toEqual([]);
  });

  it('are at most 64; the one longest unseen goes', () => {
    const { of, saw } = createRecentSessions();
    for (let index = 0; index < 64; index += 1) saw('::1', `s${index}`);
    saw('::1', 's0');
    saw('::1', 'new');
    expect(of('::1')).toHaveLength(64);
    expect(of('::1').slice(0, 2)).toEqual(['new', 's0']);
    expect(of('::1')).not.toContain('s1');
  });

  it('are kept of at most 10,000 addresses; the one longest unseen goes', () => {
    const { of, saw } = createRecentSessions();
    for (let index = 0; index < 10_000; index += 1) saw(`address-${index}`, 's');
    saw('address-0', 's');
    saw('new', 's');
    expect(of('address-1')).toEqual([]);
    for (const address of ['address-0', 'address-2', 'new']) expect(of(address)).toEqual(['s']);
  });
});
