import type { Random } from '../faults/random.ts';
import type { Draft } from './draft.ts';

/** A draft as bytes, to be written piece by piece. */
export interface Framed {
  readonly pieces: readonly Buffer[];
  /** What became of the framing; null for the usual one. */
  readonly bent: string | null;
  /** No longer HTTP that has to be answered. */
  readonly isBroken: boolean;
  /** What the client does behind it, where it is broken: ends its half, waits for the server's time limit, resets. */
  readonly ending: 'end' | 'wait' | 'reset';
}

interface Way {
  readonly name: string;
  readonly breaks?: true;
  frame(draft: Draft, host: string, random: Random): readonly (string | Buffer)[];
}

/** Of broken requests, those that are left to the server's time limits: each takes its 10 s. */
const WAITING = 0.02;
const RESET = 0.1;

const line = (name: string, value: string | number): string => `${name}: ${value}\r\n`;

function head({ method, target, headers }: Draft, host: string, more = '', version = 'HTTP/1.1'): Buffer {
  const lines = headers.map(([name, value]) => line(name, value)).join('');
  return Buffer.from(`${method} ${target} ${version}\r\n${line('Host', host)}${lines}${more}\r\n`, 'latin1');
}

const length = ({ body, method }: Draft): string =>
  body.length > 0 || method !== 'GET' ? line('Content-Length', body.length) : '';

const CHUNKED = line('Transfer-Encoding', 'chunked');

function chunks(body: Buffer, random: Random, extension = ''): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const part = body.subarray(at, at + random.int(1, Math.max(1, body.length >> 1)));
    parts.push(Buffer.from(`${part.length.toString(16)}${extension}\r\n`), part, Buffer.from('\r\n'));
    at += part.length;
  }
  return Buffer.concat(parts);
}

const usual: Way = { name: 'usual', frame: (draft, host) => [head(draft, host, length(draft)), draft.body] };

const WHOLE: readonly Way[] = [
  {
    name: 'in chunks',
    frame: (draft, host, random) => [head(draft, host, CHUNKED), chunks(draft.body, random), '0\r\n\r\n'],
  },
  {
    name: 'in chunks with extensions and trailers',
    frame: (draft, host, random) => [
      head(draft, host, CHUNKED),
      chunks(draft.body, random, ';a=b'),
      '0\r\nX-Trailer: x\r\n\r\n',
    ],
  },
  {
    name: 'in pieces',
    frame(draft, host, random) {
      const bytes = Buffer.concat([head(draft, host, length(draft)), draft.body]);
      const cut = random.int(1, bytes.length - 1);
      return [bytes.subarray(0, cut), bytes.subarray(cut)];
    },
  },
];

const BROKEN: readonly Way[] = [
  {
    name: 'HTTP/1.0',
    frame: (draft, host) => [head(draft, host, length(draft), 'HTTP/1.0'), draft.body],
  },
  { name: 'HTTP/3.7', frame: (draft, host) => [head(draft, host, length(draft), 'HTTP/3.7'), draft.body] },
  { name: 'HTTP/0.9', frame: ({ target }) => [`GET ${target}\r\n`] },
  {
    name: 'no host',
    frame: ({ method, target }) => [`${method} ${target} HTTP/1.1\r\nContent-Length: 0\r\n\r\n`],
  },
  {
    name: 'two hosts',
    frame: (draft, host) => [head(draft, host, line('Host', 'other') + length(draft)), draft.body],
  },
  {
    name: 'a body that ends too early',
    frame: (draft, host) => [head(draft, host, line('Content-Length', draft.body.length + 10)), draft.body],
  },
  {
    name: 'a body that goes on',
    frame: (draft, host) => [head(draft, host, line('Content-Length', draft.body.length >> 1)), draft.body],
  },
  {
    name: 'two lengths',
    frame: (draft, host) => [head(draft, host, length(draft) + line('Content-Length', 1)), draft.body],
  },
  {
    name: 'a length that is none',
    frame: (draft, host, random) => [
      head(
        draft,
        host,
        line('Content-Length', random.pick(['-1', '1e3', '0x10', '', '9'.repeat(30), '1, 1'])),
      ),
      draft.body,
    ],
  },
  {
    name: 'a length and chunks',
    frame: (draft, host, random) => [
      head(draft, host, length(draft) + CHUNKED),
      chunks(draft.body, random),
      '0\r\n\r\n',
    ],
  },
  {
    name: 'an encoding that is none',
    frame: (draft, host, random) => [
      head(
        draft,
        host,
        line('Transfer-Encoding', random.pick(['gzip', 'chunked, gzip', 'chunked, chunked', 'xchunked'])),
      ),
      draft.body,
    ],
  },
  {
    name: 'a chunk with a wrong size',
    frame: (draft, host, random) => [
      head(draft, host, CHUNKED),
      random.pick(['zz', '-1', 'ffffffffffffffff', '', ' 5']),
      '\r\n',
      draft.body,
      '\r\n0\r\n\r\n',
    ],
  },
  {
    name: 'chunks without an end',
    frame: (draft, host, random) => [head(draft, host, CHUNKED), chunks(draft.body, random)],
  },
  {
    name: 'a chunk that is larger than said',
    frame: (draft, host) => [head(draft, host, CHUNKED), '1\r\n', draft.body, '\r\n0\r\n\r\n'],
  },
  {
    name: 'a flood of extensions of a chunk',
    frame: (draft, host) => [head(draft, host, CHUNKED), `1;${'a=b;'.repeat(8_000)}\r\nx\r\n0\r\n\r\n`],
  },
  {
    name: 'a flood of trailers',
    frame: (draft, host) => [head(draft, host, CHUNKED), `0\r\n${'X-Trailer: x\r\n'.repeat(3_000)}\r\n`],
  },
  {
    name: 'bare line feeds',
    frame: (draft, host) => [
      head(draft, host, length(draft)).toString('latin1').replaceAll('\r', ''),
      draft.body,
    ],
  },
  {
    name: 'a head that does not end',
    frame: (draft, host, random) => [head(draft, host).subarray(0, random.int(1, 200))],
  },
  { name: 'HTTP/2', frame: () => ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', Buffer.alloc(9)] },
  { name: 'a TLS hello', frame: () => [Buffer.from('16030100c8010000c40303', 'hex'), Buffer.alloc(200, 7)] },
  {
    name: 'random bytes',
    frame: (_draft, _host, random) => [Buffer.from(Array.from({ length: 300 }, () => random.int(0, 255)))],
  },
  { name: 'nothing but line ends', frame: () => ['\r\n'.repeat(500)] },
  { name: 'nothing', frame: () => [] },
];

/** How a body goes over the wire: mostly as it should, sometimes in another way, and sometimes in one that is wrong. */
export function framed(draft: Draft, host: string, random: Random): Framed {
  const chance = random.int(1, 100);
  const [isBroken, way] =
    chance <= 4 ? [true, random.pick(BROKEN)] : [false, chance <= 14 ? random.pick(WHOLE) : usual];
  return {
    pieces: way.frame(draft, host, random).map((piece) => Buffer.from(piece)),
    bent: way === usual ? null : way.name,
    isBroken: isBroken || draft.isBroken,
    ending: random.chance(WAITING) ? 'wait' : random.chance(RESET) ? 'reset' : 'end',
  };
}
