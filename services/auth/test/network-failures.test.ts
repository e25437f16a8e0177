import { describe, expect, it } from 'vitest';
import { createNetworkFailures, NETWORK_DELAY, NETWORKS_MAX } from '../src/network-failures.ts';

const NOW = 1_767_522_600_000;
const HERE = '192.0.2.7';

function start(max?: number) {
  let now = NOW;
  const failures = createNetworkFailures(() => now, max);
  return {
    ...failures,
    pass: (ms: number) => {
      now += ms;
    },
    failOften(count: number, network = HERE) {
      for (let done = 0; done < count; done += 1) failures.failed('bad_challenge', network);
    },
  };
}

describe('failed logins of a network', () => {
  it('delay it after 50 free ones: a second, then twice as long, up to a minute', () => {
    const { failOften, wait } = start();
    failOften(50);
    expect(wait('bad_challenge', HERE)).toBe(0);
    const waits = Array.from({ length: 9 }, () => {
      failOften(1);
      return wait('bad_challenge', HERE) / 1_000;
    });
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(NETWORK_DELAY).toEqual({ free: 50, firstMs: 1_000, maxMs: 60_000, forgiveMs: 60_000 });
  });

  it('delay no other network, and nothing that fails by something else', () => {
    const { failOften, wait } = start();
    failOften(60);
    expect([wait('bad_challenge', HERE), wait('bad_challenge', '192.0.2.8')]).toEqual([60_000, 0]);
    expect(wait('wrong_proof', HERE)).toBe(0);
  });

  it('are forgotten when all are forgiven, and take no memory then', () => {
    const { failOften, pass, failed, count } = start();
    failOften(2);
    failOften(1, '192.0.2.8');
    pass(60_000);
    failed('wrong_proof', HERE);
    expect(count()).toBe(3);
    pass(60_000);
    failed('wrong_proof', HERE);
    expect(count()).toBe(1);
  });

  it('are remembered of so many networks: beyond them that with the oldest failure is forgotten', () => {
    const { failOften, wait, count } = start(3);
    failOften(60, 'a');
    failOften(60, 'b');
    failOften(60, 'c');
    failOften(1, 'a');
    failOften(1, 'd');
    expect(count()).toBe(3);
    expect(['a', 'b', 'c', 'd'].map((name) => wait('bad_challenge', name))).toEqual([60_000, 0, 60_000, 0]);
  });

  it('of NETWORKS_MAX networks are remembered unless it is said otherwise', () => {
    const { failOften, count } = start();
    for (let name = 0; name <= NETWORKS_MAX; name += 1) failOften(1, String(name));
    expect([NETWORKS_MAX, count()]).toEqual([50_000, 50_000]);
  });
});
