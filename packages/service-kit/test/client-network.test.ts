import { expect, it } from 'vitest';
import { clientNetwork } from '../src/client-network.ts';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:01:2::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['::3:4:5:192.0.2.1', '0:0:0:3::/64'],
  ['', 'unknown'],
  [undefined, 'unknown'],
  ['a proxy said so', 'unknown'],
  ['1.2.3.4.5', 'unknown'],
])('the network of %j is %s', (address, network) => {
  expect(clientNetwork(address)).toBe(network);
});
