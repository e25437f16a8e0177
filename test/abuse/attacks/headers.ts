import { type Attack, addresses } from '../attack.ts';
import { flood, requestBytes } from '../flood.ts';

const many = (count: number, value: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, value]));

/** Headers that are just few enough, and more than those. */
export const headers: Attack = {
  name: 'header floods',
  about: '1,500 requests a second with 1,400 headers, one of 15 KB, or more than 16 KiB, 4 addresses',
  async prepare(field) {
    const path = '/chat/messages';
    const shapes = [
      requestBytes(field.url, 'GET', path, many(1_400, 'y')),
      requestBytes(field.url, 'GET', path, { 'x-long': 'y'.repeat(15_000) }),
      requestBytes(field.url, 'GET', path, many(250, 'y'.repeat(80))),
    ];
    const next = (turn: number) => shapes[turn % shapes.length] ?? requestBytes(field.url, 'GET', path);
    return () =>
      flood(field, { addresses: addresses(4), connections: 16, perSecond: 1_500, breath: 2, next });
  },
};
