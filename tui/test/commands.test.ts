import { describe, expect, it } from 'vitest';
import { parseLine } from '../src/ui/commands.ts';

describe('commands', () => {
  it.each([
    ['hello', { kind: 'text', text: 'hello' }],
    ['//etc/passwd', { kind: 'text', text: '/etc/passwd' }],
    ['  /help', { kind: 'command', name: 'help', argument: '' }],
    [' //etc', { kind: 'text', text: '/etc' }],
    [' hello', { kind: 'text', text: ' hello' }],
    ['/help', { kind: 'command', name: 'help', argument: '' }],
    ['/QUIT ', { kind: 'command', name: 'quit', argument: '' }],
    ['/contact  bob', { kind: 'command', name: 'contact', argument: 'bob' }],
  ])('reads %s', (line, expected) => expect(parseLine(line)).toEqual(expected));

  it.each([
    ['/hlep', 'Did you mean /help?'],
    ['/log', 'Did you mean /lock or /logout?'],
    ['/frobnicate', '/help shows all commands.'],
    ['/contact', 'Use it as /contact NAME'],
    ['/contact a b', 'Use it as /contact NAME'],
    ['/quit now', 'Use it as /quit'],
    [`/${'x'.repeat(30_000)}`, '/help shows all commands.'],
  ])('answers the mistake %s with a sentence', (line, part) => {
    const parsed = parseLine(line);
    expect(parsed.kind === 'mistake' && parsed.sentence).toContain(part);
  });
});
