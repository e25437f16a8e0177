import { isIPv4, isIPv6 } from 'node:net';

/**
 * What counts as one client's address: of IPv6 the /64, of which a single line has 18 trillion addresses. An IPv4 address comes as
 * `::ffff:192.0.2.1` on a socket that listens for both kinds. What is no address is all one: a client that has reset its
 * connection has none any more, whatever the type of fastify's `ip` says.
 */
export function clientNetwork(address: string | undefined): string {
  const plain = (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIPv4(plain)) return plain;
  if (!isIPv6(plain)) return 'unknown';
  const [head = '', tail] = plain
    .replace(/%.*$/, '')
    .replace(/\d+\.\d+\.\d+\.\d+$/, '0:0')
    .split('::');
  const groups = (text: string | undefined): string[] => (text ? text.split(':') : []);
  const [before, after] = [groups(head), groups(tail)];
  const zeros = Array<string>(tail === undefined ? 0 : 8 - before.length - after.length).fill('0');
  const network = [...before, ...zeros, ...after].slice(0, 4);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
