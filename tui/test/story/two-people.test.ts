import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, startStack } from '@secure-chat/stack/stack';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { KEYS, openTui, type TerminalSession } from '../../../test/end-to-end/terminal-session.ts';

const PASSWORD = 'correct horse';
const SHIFT_UP = '\x1b[1;2A';
const CLEAR = '\x15';
/** Milliseconds of a scene: far from what a busy machine needs. */
const SCENE_MS = 120_000;

vi.setConfig({ testTimeout: SCENE_MS, hookTimeout: SCENE_MS });

/** The digits of a safety number on the screen, without what separates them. */
const digitsOn = (screen: string): string =>
  (screen.match(/\b\d{5}(?: +\d{5})+\b/g) ?? []).join('').replace(/\D/g, '');

/** One story: each scene goes on where the one before has ended. */
describe('two people, from the first start to the last', () => {
  let folder: string;
  let stack: Stack;
  let alice: TerminalSession;
  let bob: TerminalSession;

  const start = (port: number) =>
    startStack({ dataDir: join(folder, 'data'), host: '127.0.0.1', port, logLevel: 'silent' });
  const home = (name: string) => ({ XDG_DATA_HOME: join(folder, name), XDG_CONFIG_HOME: join(folder, name) });
  const say = (who: TerminalSession, line: string): void => who.type(`${line}${KEYS.enter}`);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'story-'));
    stack = await start(0);
  });
  afterAll(async () => {
    alice?.close();
    bob?.close();
    await stack.close();
    await rm(folder, { recursive: true });
  });

  test('the first start asks for server and name, and says what to do when one of them is wrong', async () => {
    alice = openTui([], home('alice'), 80, 24);
    await alice.shows('Create an account', '▸ Server', 'http://127.0.0.1:8000');
    say(alice, `${CLEAR}http://127.0.0.1:1`);
    await alice.shows('▸ User name', '✗', 'Cannot reach http://127.0.0.1:1');
    alice.type(`\x1b[A`);
    say(alice, `${CLEAR}${stack.url}`);
    await alice.shows('] ✓', 'By this name others write to you');
    say(alice, '../alice');
    await alice.shows('! A user name has');
    say(alice, `${CLEAR}alice`);
    await alice.shows('▸ Password', 'the folder that is your account');
    say(alice, 'short');
    await alice.shows('Choose a password of 8 characters or more.');
    say(alice, CLEAR + PASSWORD);
    say(alice, PASSWORD);
    await alice.shows('● online', 'Welcome, alice.', 'your safety numbers differ', 'Your account lives in');
    expect(alice.screen()).not.toContain('echo');
  });

  test('a name that somebody has is refused, and another one is taken with the same password', async () => {
    bob = openTui(['--server', stack.url, '--username', 'Alice'], home('bob'), 100, 30);
    await bob.shows('Create an account');
    say(bob, PASSWORD);
    say(bob, PASSWORD);
    await bob.shows('taken by somebody else', '▸ User name');
    say(bob, `${CLEAR}bob`);
    bob.type(KEYS.enter + KEYS.enter);
    await bob.shows('● online', 'Welcome, bob.');
  });

  test('they write to each other, and see how far each message has come', async () => {
    say(alice, '/contact bob');
    await alice.shows('No messages with bob yet.');
    say(alice, 'Is the new build up?');
    await bob.shows('1 request');
    bob.type(KEYS.tab);
    await bob.shows('Is the new build up?', 'alice is no contact of yours', '/accept');
    const unknown = await alice.shows('Is the new build up?', 'sent');
    expect(unknown).not.toMatch(/delivered|read /);
    say(bob, '/accept');
    await bob.hides('alice is no contact of yours');
    await alice.shows('read');
    bob.type('Since ten');
    await alice.shows('typing…');
    say(bob, ' minutes.');
    await alice.shows('Since ten minutes.');
  });

  test('they compare the safety number: both see the same', async () => {
    say(alice, '/verify');
    say(bob, '/verify');
    const [hers, his] = await Promise.all([alice.shows(/\d{5} +\d{5}/), bob.shows(/\d{5} +\d{5}/)]);
    expect(digitsOn(hers)).toHaveLength(60);
    expect(digitsOn(his)).toBe(digitsOn(hers));
    alice.type('v');
    bob.type('v');
    await alice.shows(/[^t] verified/);
    await bob.shows(/[^t] verified/);
    alice.type(KEYS.escape);
    bob.type(KEYS.escape);
    await alice.shows('Since ten minutes.', '● online  verified');
    await bob.shows('Since ten minutes.', '● online  verified');
  });

  test('one answers a message, edits her answer, and the other one reacts', async () => {
    alice.type(SHIFT_UP);
    await alice.shows('picked>');
    alice.type('r');
    await alice.shows('reply>');
    say(alice, 'I will pull it tonite.');
    await bob.shows('I will pull it tonite.');
    alice.type(SHIFT_UP);
    await alice.shows('picked>');
    alice.type('e');
    await alice.shows('edit> I will pull it tonite.');
    say(alice, `${KEYS.left.repeat(4)}${KEYS.delete.repeat(3)}ight`);
    await bob.shows('I will pull it tonight.', 'edited');
    say(bob, '/react :+1:');
    await alice.shows('I will pull it tonight.', '👍');
  });

  test('a search finds what was said, and goes there', async () => {
    say(alice, '/search new build');
    await alice.shows('One message has: new build');
    alice.type(KEYS.enter);
    await alice.shows('picked>', 'Is the new build up?');
    alice.type(KEYS.escape);
    await alice.shows('\n>');
  });

  test('a profile that is locked shows nothing, and opens with the password alone', async () => {
    alice.type('not sent yet');
    await alice.shows('> not sent yet');
    alice.type(CLEAR);
    say(alice, '/lock');
    const locked = await alice.shows('Locked: the profile is closed', '▸ Password');
    expect(locked).not.toContain('build');
    say(bob, 'While you were away.');
    await bob.shows('While you were away.', '✓');
    say(alice, 'wrong horse');
    await alice.shows('The password is wrong.');
    say(alice, CLEAR + PASSWORD);
    await alice.shows('● online', '1 unread', 'Tab goes to');
    alice.type(KEYS.tab);
    await alice.shows('While you were away.');
  });

  test('a key that changes is an alarm: nothing is sent until it is accepted', async () => {
    say(bob, '/new-identity');
    await bob.shows('Repeat /new-identity');
    say(bob, '/new-identity');
    say(bob, 'It is still me.');
    await alice.shows('KEY CHANGED', 'Warning');
    say(alice, 'Is it?');
    // Refused: what was typed stays.
    await alice.shows('! The identity of bob has changed', '> Is it?');
    alice.type(CLEAR);
    say(alice, '/accept');
    await alice.shows('repeat /accept bob');
    alice.type(KEYS.escape);
    await alice.hides('repeat /accept bob');
    await alice.shows('KEY CHANGED');
    say(alice, '/accept');
    await alice.shows('repeat /accept bob');
    say(alice, '/accept bob');
    await alice.shows('not verified', 'It is still me.');
    say(alice, 'Is it?');
    await bob.shows('Is it?');
  });

  test('a server that dies is said so, nothing is lost, and all arrives when it is back', async () => {
    const { port } = new URL(stack.url);
    await stack.close();
    await alice.shows('○ offline');
    await bob.shows('○ offline');
    say(alice, 'Written while it was away.');
    await alice.shows('Written while it was away.', 'waiting …');
    say(bob, 'So was this.');
    await bob.shows('So was this.', 'waiting …');
    stack = await start(Number(port));
    await alice.shows('● online', 'So was this.', 'Written while it was away.');
    await bob.shows('● online', 'Written while it was away.', 'So was this.');
    expect(alice.screen()).not.toContain('waiting');
  });

  test('an edit that was begun is one again when the program was ended, and no server has to be named', async () => {
    say(alice, 'The last word.');
    await bob.shows('The last word.');
    alice.type(SHIFT_UP);
    await alice.shows('picked>');
    alice.type('e');
    await alice.shows('edit> The last word.');
    alice.type(' Almost.');
    await alice.shows('edit> The last word. Almost.');
    alice.kill('SIGTERM');
    expect((await alice.exited).exitCode).toBe(143);
    alice.close();
    alice = openTui([], home('alice'), 80, 24);
    const form = await alice.shows('Sign in', '[alice ', '▸ Password');
    expect(form).not.toContain('Server');
    say(alice, PASSWORD);
    await alice.shows('● online', 'Written while it was away.', 'edit> The last word. Almost.');
    alice.type(KEYS.enter);
    await bob.shows('The last word. Almost.', 'edited');
  });

  test('they leave, and have their terminals back', async () => {
    for (const who of [alice, bob]) {
      say(who, '/quit');
      expect((await who.exited).exitCode).toBe(0);
      await who.isRestored();
    }
  });
});
