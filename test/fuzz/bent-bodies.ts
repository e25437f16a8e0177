import { BODY_MAX } from '@secure-chat/wire/limits';
import type { Random } from '../faults/random.ts';
import type { Bend, Draft } from './draft.ts';
import { textOf } from './schema-values.ts';

/** Of nested JSON. */
const DEPTH = 10_000;

const WRONG_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5e300,
  '',
  ' ',
  [],
  {},
  [[[]]],
  ['x'],
  { x: 'y' },
  'a'.repeat(70),
  'a'.repeat(5_000),
  '\ud800',
  '\u0000',
  '__proto__',
  '0.0',
  '-1',
  '../../etc/passwd',
  "' OR 1=1 --",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is what others would expand.
  '${7*7}',
];

/** The draft's body as an object; an empty one where it is none any more. */
function membersOf({ body }: Draft): Record<string, unknown> {
  try {
    return { ...JSON.parse(body.toString()) };
  } catch {
    return {};
  }
}

const withMembers = (
  name: string,
  change: (members: Record<string, unknown>, random: Random) => object,
): Bend => ({
  name,
  bend(draft, random) {
    draft.body = Buffer.from(JSON.stringify(change(membersOf(draft), random)));
  },
});

const withText = (name: string, change: (text: string, random: Random) => string): Bend => ({
  name,
  bend(draft, random) {
    draft.body = Buffer.from(change(draft.body.toString(), random));
  },
});

const withBytes = (name: string, change: (body: Buffer, random: Random) => Buffer): Bend => ({
  name,
  bend(draft, random) {
    draft.body = change(draft.body, random);
  },
});

const bytesOf = (length: number, random: Random): Buffer =>
  Buffer.from(Array.from({ length }, () => random.int(0, 255)));

const insert = (body: Buffer, at: number, bytes: Buffer): Buffer =>
  Buffer.concat([body.subarray(0, at), bytes, body.subarray(at)]);

const oneOf = (members: Record<string, unknown>, random: Random): string =>
  random.pick([...Object.keys(members), 'extra']);

/** What may be wrong with a body. */
export const BENT_BODIES: readonly Bend[] = [
  withMembers('a member is missing', (members, random) => {
    const { [oneOf(members, random)]: _, ...rest } = members;
    return rest;
  }),
  withMembers('a member is of another type or content', (members, random) => ({
    ...members,
    [oneOf(members, random)]: random.pick(WRONG_VALUES),
  })),
  withMembers('a member is random text', (members, random) => ({
    ...members,
    [oneOf(members, random)]: textOf(random.int(0, 300), random),
  })),
  withMembers('a member is oversized', (members, random) => ({
    ...members,
    [oneOf(members, random)]: 'x'.repeat(random.int(4_000, BODY_MAX)),
  })),
  withMembers('a member is a list of itself', (members, random) => {
    const name = oneOf(members, random);
    return { ...members, [name]: [members[name], members[name]] };
  }),
  withMembers('a member is nested deeply', (members, random) => ({
    ...members,
    [oneOf(members, random)]: JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`),
  })),
  withMembers('all members are of another type', (members, random) =>
    Object.fromEntries(Object.keys(members).map((name) => [name, random.pick(WRONG_VALUES)])),
  ),
  withMembers('hundreds of members', (members) => ({
    ...Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`m${index}`, index])),
    ...members,
  })),
  withText('a member twice', (text) => text.replace('{', `{${text.slice(1, -1) || '"a":1'},`)),
  withText('a prototype', (text) =>
    text.replace('{', '{"__proto__":{"admin":true},"constructor":{"prototype":1},'),
  ),
  withText('a list around it', (text) => `[${text}]`),
  withText('a text instead', (text) => JSON.stringify(text)),
  withText('a constant instead', (_, random) =>
    random.pick(['null', 'true', '7', '""', '[]', '{}', 'NaN', '-']),
  ),
  withText('cut off', (text, random) => text.slice(0, random.int(0, text.length))),
  withText(
    'something behind it',
    (text, random) => text + random.pick(['}', ',', ' {}', '\n\n', '\0', '//x', '[]']),
  ),
  withText('white space around it', (text) => `\r\n\t ${text} \r\n`),
  withText('single quotes', (text) => text.replaceAll('"', "'")),
  withText('an endless number', (text, random) =>
    text.replace('{', `{"n":${'9'.repeat(random.int(1, 20_000))},`),
  ),
  withText('a number beyond all numbers', (text) => text.replace('{', '{"n":-1e99999,')),
  withText('half a surrogate pair', (text) => text.replace('":"', '":"\\ud83d')),
  withText('lists, nested deeply', () => '['.repeat(DEPTH) + ']'.repeat(DEPTH)),
  withText('lists, nested deeply, without an end', () => '['.repeat(DEPTH)),
  withText('objects, nested deeply', () => '{"a":'.repeat(DEPTH) + 1 + '}'.repeat(DEPTH)),
  withText('members beside lists, nested deeply', (text) =>
    text.replace('{', `{"deep":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)},`),
  ),
  withBytes('broken UTF-8', (body, random) =>
    insert(body, random.int(0, body.length), Buffer.of(random.pick([0xff, 0xc0, 0x80, 0xed, 0xf5]))),
  ),
  withBytes('another bit', (body, random) => {
    const changed = Buffer.from(body);
    const at = random.int(0, Math.max(0, body.length - 1));
    changed[at] = (changed[at] ?? 0) ^ (1 << random.int(0, 7));
    return changed;
  }),
  withBytes('random bytes', (_, random) => bytesOf(random.int(1, 300), random)),
  withBytes('random bytes within it', (body, random) =>
    insert(body, random.int(0, body.length), bytesOf(random.int(1, 20), random)),
  ),
  withBytes('a byte order mark', (body) => Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), body])),
  withBytes('UTF-16', (body) => Buffer.from(body.toString(), 'utf16le')),
  withBytes('no body', () => Buffer.alloc(0)),
  withBytes('a body that is as long as it may be', (body) => padded(body, BODY_MAX)),
  withBytes('a body that is a byte too long', (body) => padded(body, BODY_MAX + 1)),
  withBytes('a body that is much too long', (body, random) =>
    padded(body, random.int(BODY_MAX + 1, 4 * BODY_MAX)),
  ),
];

/** White space is nothing to JSON. */
const padded = (body: Buffer, length: number): Buffer =>
  Buffer.concat([body, Buffer.alloc(Math.max(0, length - body.length), ' ')]);
