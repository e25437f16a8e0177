import { ENDPOINTS } from '@secure-chat/wire/endpoints';
import { CURSOR_PATH, PRESENCE_SEEN_PATH, SESSIONS_SEEN_PATH } from '@secure-chat/wire/internal-api';
import type { Random } from '../faults/random.ts';
import type { Bend } from './draft.ts';

const NAMES = [
  'con',
  'nul',
  'a'.repeat(33),
  'a'.repeat(1_025),
  '-a',
  'ä',
  '%00',
  '%2e%2e',
  '..',
  '.',
  'a%2Fb',
  '',
  '~',
  '*',
];
const PATHS = [
  '/',
  '//',
  '/..',
  '/chat',
  '/chat/',
  '/metrics',
  '/internal',
  '/health/x',
  '/%',
  '/%zz',
  '/chat/%ff/send',
];
const OTHERS = [
  SESSIONS_SEEN_PATH,
  PRESENCE_SEEN_PATH,
  CURSOR_PATH,
  '/internal/deliver',
  '/openapi.json',
  '/health',
];
const QUERIES = [
  '?',
  '??',
  '?a',
  '?a=1&a=2',
  '?cursor=0.0&cursor=0.0',
  '?cursor=x',
  '?cursor=zzzzzzzzzzz.zzzzzzzzzzz',
  '?from=-1',
  '?from=999999999999999',
  '?from=1&from=2',
  '?from=%00',
  '?presence=,,',
  '?%ff=%fe',
  '?__proto__=1',
  `?${'a=b&'.repeat(1_000)}`,
  '#fragment',
];

const withPath = (name: string, change: (path: string, random: Random) => string): Bend => ({
  name,
  bend(draft, random) {
    const mark = draft.target.indexOf('?');
    const path = mark < 0 ? draft.target : draft.target.slice(0, mark);
    draft.target = change(path, random) + (mark < 0 ? '' : draft.target.slice(mark));
  },
});

const withTarget = (
  name: string,
  change: (target: string, random: Random) => string,
  breaks?: true,
): Bend => ({
  name,
  ...(breaks && { breaks }),
  bend(draft, random) {
    draft.target = change(draft.target, random);
  },
});

const encoded = (character: string): string => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** What may be wrong with a path or a query. */
export const BENT_TARGETS: readonly Bend[] = [
  withPath('another path', (_, random) => random.pick([...PATHS, ...OTHERS])),
  withPath("another endpoint's path", (_, random) => random.pick(ENDPOINTS).path),
  withPath('another name', (path, random) => path.replace(/^\/chat\/[^/]+/, `/chat/${random.pick(NAMES)}`)),
  withPath('escaped for no reason', (path, random) =>
    path.replace(/[a-z]/g, (letter) => (random.chance(0.3) ? encoded(letter) : letter)),
  ),
  withPath(
    'escaped as nothing can be',
    (path, random) => path + random.pick(['%', '%2', '%zz', '%c0%80', '%ed%a0%80']),
  ),
  withPath('a slash behind it', (path) => `${path}/`),
  withPath('slashes twice', (path) => path.replaceAll('/', '//')),
  withPath('dots', (path) => path.replace('/', '/./../.')),
  withPath('in capitals', (path) => path.toUpperCase()),
  withPath('semicolons', (path) => `${path};a=b`),
  withTarget('a query', (target, random) => target + random.pick(QUERIES)),
  withTarget('a query instead', (target, random) => target.replace(/\?.*|$/, random.pick(QUERIES))),
  withTarget(
    'a whole URL',
    (target, random) => random.pick(['http://127.0.0.1', 'http://other', 'ftp://x']) + target,
  ),
  withTarget('very long', (target) => `${target}?${'x'.repeat(8_000)}`),
  withTarget('bytes beyond ASCII', (target) => `${target}\u00e4\u00ff`, true),
  withTarget('no slash', (target) => target.slice(1) || 'x', true),
  withTarget('a star', () => '*', true),
  withTarget('a space within it', (target) => target.replace('/', '/ '), true),
  withTarget('control characters', (target) => `${target}\u0001\u007f`, true),
  withTarget('nothing', () => '', true),
];
