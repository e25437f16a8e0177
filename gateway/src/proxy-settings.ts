import { isIP } from 'node:net';
import type { Setting, Settings } from '@secure-chat/service-kit/config';

/** More proxies than anybody has in front of one gateway. */
const PROXIES_MAX = 32;

export interface ProxyConfig {
  /**
   * Addresses and networks of reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; none by default,
   * since anybody can send such headers.
   */
  readonly TRUST_PROXY: readonly string[];
}

const isNetwork = (text: string): boolean => {
  const [address = '', bits, ...rest] = text.split('/');
  const kind = isIP(address);
  if (kind === 0 || rest.length > 0) return false;
  // Bits of zero would believe everybody.
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (kind === 4 ? 32 : 128));
};

const trustProxy: Setting<readonly string[]> = (text) => {
  const proxies = text === undefined ? [] : text.split(',').map((part) => part.trim());
  return proxies.length <= PROXIES_MAX && proxies.every(isNetwork)
    ? { value: proxies }
    : { error: `must be up to ${PROXIES_MAX} addresses or networks such as 10.0.0.5,10.1.0.0/16` };
};

export const proxySettings: Settings<ProxyConfig> = { TRUST_PROXY: trustProxy };
