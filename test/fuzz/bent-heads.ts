import type { Random } from '../faults/random.ts';
import type { Bend, Draft } from './draft.ts';
import { textOf } from './schema-values.ts';

/** Of all headers together the server takes 16 KiB. */
const FLOOD = 17 * 1024;

const KNOWN_METHODS = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'LOCK',
  'M-SEARCH',
];
const UNKNOWN_METHODS = ['FOO', 'get', 'POST ', '', 'P\u00d6ST', 'X'.repeat(5_000), 'CONNECT', 'PRI'];
const TYPES = [
  'text/plain',
  'application/xml',
  'application/json; charset=latin1',
  ';',
  'x',
  '',
  'multipart/form-data',
  'a/b;'.repeat(50),
];
const EXTRAS: readonly [string, string][] = [
  ['Expect', '100-continue'],
  ['Expect', 'a miracle'],
  ['Upgrade', 'websocket'],
  ['Connection', 'close'],
  ['Connection', 'upgrade, keep-alive'],
  ['TE', 'trailers, deflate;q=0.5'],
  ['Content-Encoding', 'gzip'],
  ['Accept', 'text/html'],
  ['Accept-Encoding', 'br'],
  ['Accept-Version', '9'],
  ['Range', 'bytes=0-0'],
  ['If-None-Match', '*'],
  ['Cookie', 'a=b'],
  ['Authorization', 'Basic YTpi'],
  ['X-Forwarded-For', '10.0.0.1, unknown, ::1'],
  ['X-Forwarded-Host', 'other'],
  ['X-HTTP-Method-Override', 'DELETE'],
  ['X-Request-Id', '"quoted"'],
  ['X-Internal-Identity', 'e30'],
  ['Last-Event-ID', '0.0'],
  ['Last-Event-ID', 'zz.zz\u00e4'],
  ['Origin', 'null'],
];

const SIGNED_BY = /^(x-request-|x-session-id|signature|content-digest)/i;

/** Before the signature: the signature of a v2 request covers the method. */
export const BENT_METHODS: readonly Bend[] = [
  {
    name: 'another method',
    bend(draft, random) {
      draft.method = random.pick(KNOWN_METHODS);
    },
  },
  {
    name: 'a body on any method',
    bend(draft, random) {
      draft.method = random.pick(KNOWN_METHODS);
      draft.body = Buffer.from(textOf(random.int(1, 200), random));
    },
  },
  {
    name: 'no method',
    breaks: true,
    bend(draft, random) {
      draft.method = random.pick(UNKNOWN_METHODS);
    },
  },
];

const header = (name: string, add: (draft: Draft, random: Random) => void, breaks?: true): Bend => ({
  name,
  ...(breaks && { breaks }),
  bend: add,
});

/** One of the headers that sign; any header where none does; null where there is none. */
function signingHeader({ headers }: Draft, random: Random): [string, string] | null {
  const signing = headers.filter(([name]) => SIGNED_BY.test(name));
  const some = signing.length > 0 ? signing : headers;
  return some.length > 0 ? random.pick(some) : null;
}

const ofSignature = (name: string, change: (value: string, random: Random) => string): Bend =>
  header(`a signing header: ${name}`, (draft, random) => {
    const found = signingHeader(draft, random);
    if (found) found[1] = change(found[1], random);
  });

/** After the signature: what may be wrong with headers. */
export const BENT_HEADS: readonly Bend[] = [
  ofSignature('cut off', (value, random) => value.slice(0, random.int(0, value.length))),
  ofSignature('empty', () => ''),
  ofSignature('another one', (_, random) =>
    random.pick(['0', 'a'.repeat(64), 'v2', '=:', '()', '2026-01-01T00:00:00Z']),
  ),
  ofSignature('twice the content', (value) => `${value}, ${value}`),
  ofSignature('one character', (value, random) => {
    const at = random.int(0, Math.max(0, value.length - 1));
    return value.slice(0, at) + random.pick(['0', 'f', 'A', ';', '"', '\u00e4']) + value.slice(at + 1);
  }),
  ofSignature('in capitals', (value) => value.toUpperCase()),
  ofSignature('long', (value) => value.padEnd(6_000, 'a')),
  header('a signing header is missing', (draft, random) => {
    const found = signingHeader(draft, random);
    if (found) draft.headers.splice(draft.headers.indexOf(found), 1);
  }),
  header('a signing header came twice', (draft, random) => {
    const found = signingHeader(draft, random);
    if (found) draft.headers.push([found[0].toLowerCase(), found[1]]);
  }),
  header('another content type', (draft, random) => {
    draft.headers.push(['Content-Type', random.pick(TYPES)]);
  }),
  header('no content type', (draft) => {
    const at = draft.headers.findIndex(([name]) => name === 'Content-Type');
    if (at >= 0) draft.headers.splice(at, 1);
  }),
  header('a header that means something elsewhere', (draft, random) => {
    draft.headers.push([...random.pick(EXTRAS)]);
  }),
  header('a random header', (draft, random) => {
    draft.headers.push([
      `x-${random.int(0, 1e9).toString(36)}`,
      textOf(50, random).replace(/[^\x20-\x7e]/g, ''),
    ]);
  }),
  header('headers by the hundred', (draft) => {
    for (let count = 0; count < 500; count++) draft.headers.push([`x-${count}`, 'y']);
  }),
  header(
    'a flood of headers',
    (draft) => {
      for (let bytes = 0; bytes < FLOOD; bytes += 100) draft.headers.push([`x-${bytes}`, 'y'.repeat(92)]);
    },
    true,
  ),
  header('a very long header', (draft) => draft.headers.push(['x-long', 'y'.repeat(FLOOD)]), true),
  header('a header without a name', (draft) => draft.headers.push(['', 'x']), true),
  header('a name of a header with a space', (draft) => draft.headers.push(['x y ', 'x']), true),
  header('control characters in a header', (draft) => draft.headers.push(['x-a', 'a\u0000b\u0001']), true),
  header('a header that goes on in the next line', (draft) => draft.headers.push(['x-a', 'a\r\n b']), true),
  header('a line within a header', (draft) => draft.headers.push(['x-a', 'a\nb: c\rd']), true),
];
