import { ClientError } from '@secure-chat/client/chat-client';
import { describe, expect, it } from 'vitest';
import { newAccount, openChat, WELCOME } from '../src/app/chat.ts';
import type { ChatState } from '../src/ui/state.ts';
import {
  clientContact,
  clientMessage,
  createFakeClient,
  digitsOf,
  type FakeClient,
  LEGACY_REFUSAL,
} from './fake-client.ts';

/** A chat that is open, and all that it has shown so far as one state. */
const open = (part: Partial<FakeClient['world']> = {}, welcome = WELCOME) => {
  const fake = createFakeClient(part);
  let state: ChatState | null = null;
  const chat = openChat({
    client: fake.client,
    welcome,
    resolvePath: (path) => `/here/${path}`,
    show: (changed) => {
      if (state) state = { ...state, ...changed };
    },
  });
  state = chat.state();
  const shown = (): ChatState => state ?? chat.state();
  return { ...fake, chat, shown, settled: () => new Promise(setImmediate) };
};

const BOB = { contacts: [clientContact('bob', { lastMessageAt: 1 })], messages: [clientMessage()] };

describe('chat after signing in', () => {
  it('opens the conversation with the newest message, and marks no other as read', () => {
    const { shown, calls } = open({
      contacts: [
        clientContact('bob', { lastMessageAt: 10 }),
        clientContact('carol', { lastMessageAt: 30 }),
        clientContact('dave', { lastMessageAt: 20 }),
        clientContact('erin'),
      ],
      messages: [clientMessage({ contact: 'carol', sender: 'carol' })],
    });
    expect(shown().selected).toBe('carol');
    expect(shown().messages).toMatchObject([{ sender: 'carol' }]);
    expect(calls).toEqual([['markRead', 'carol']]);
  });

  it('opens none where nobody has written', () => {
    const { shown, calls } = open({ contacts: [clientContact('bob')] });
    expect(shown()).toMatchObject({ selected: null, messages: [] });
    expect(calls).toEqual([]);
  });

  it('says of a new account where it lives', () => {
    expect(open({}, newAccount('/data/alice')).shown().notice?.text).toBe(
      'Your account lives in /data/alice: keep a copy, no password alone brings it back.',
    );
  });

  it('shows warnings that were kept, and no welcome over them', () => {
    expect(open({ warnings: ['The key of bob has changed.'] }).shown()).toMatchObject({
      warnings: ['The key of bob has changed.'],
      notice: null,
    });
  });
});

describe('what a client tells', () => {
  it('shows new warnings, and clears them at the client when they were dismissed', () => {
    const { chat, world, emit, calls, shown } = open(BOB);
    world.warnings = ['The key of bob has changed.'];
    emit({ kind: 'warnings' });
    expect(shown().warnings).toEqual(['The key of bob has changed.']);
    expect(chat.handle({ kind: 'clear-warnings' })).toBeNull();
    expect(calls.at(-1)).toEqual(['clearWarnings']);
    expect(shown().warnings).toEqual([]);
  });

  it('loads the open conversation again when messages of it were deleted, as far back as it was loaded', () => {
    const messages = Array.from({ length: 450 }, (_, index) => clientMessage({ id: index + 1 }));
    const { chat, world, emit, shown } = open({ ...BOB, messages });
    chat.handle({ kind: 'load-older', contact: 'bob' });
    expect(shown().messages).toHaveLength(400);
    world.messages = messages.filter(({ id }) => id !== 449);
    emit({ kind: 'deleted', contact: 'bob' });
    expect(shown().messages).toHaveLength(400);
    expect(
      shown()
        .messages.slice(-2)
        .map(({ id }) => id),
    ).toEqual([448, 450]);
    expect(shown().hasOlder).toBe(true);
    world.messages = [];
    emit({ kind: 'deleted', contact: 'bob' });
    expect(shown()).toMatchObject({ messages: [], hasOlder: false });
  });

  it('leaves the open conversation alone when those of another were deleted', () => {
    const { world, emit, shown } = open(BOB);
    world.messages = [];
    emit({ kind: 'deleted', contact: 'carol' });
    expect(shown().messages).toHaveLength(1);
  });
});

describe('commands at the client', () => {
  it.each([
    [{ kind: 'renew-keys', contact: 'bob' }, ['renewKeys', 'bob'], 'begins with new keys'],
    [{ kind: 'set-timer', contact: 'bob', seconds: 60 }, ['setTimer', 'bob', 60], null],
    [{ kind: 'delete-history', contact: 'bob' }, ['deleteHistory', 'bob'], null],
    [{ kind: 'accept-identity', contact: 'bob' }, ['acceptIdentity', 'bob'], 'under the new key'],
    [{ kind: 'renew-identity' }, ['renewIdentity'], 'You have a new identity'],
    [{ kind: 'export', file: 'copy' }, ['exportProfile', '/here/copy'], 'is in /here/copy'],
    [{ kind: 'change-password', current: 'a', next: 'b' }, ['changePassword', 'a', 'b'], 'is changed'],
  ] as const)('does %j, or says why not', async (intent, call, says) => {
    const { chat, calls, refuse, shown, settled } = open(BOB);
    expect(chat.handle(intent)).toBeNull();
    await settled();
    expect(calls.at(-1)).toEqual(call);
    if (says !== null)
      expect(shown().notice).toMatchObject({ kind: 'info', text: expect.stringContaining(says) });
    refuse(new ClientError('refused', 'Not now.'));
    const refusal = chat.handle(intent);
    await settled();
    expect(refusal ?? shown().notice?.text).toBe('Not now.');
  });

  it('shows nothing of what ends after it was closed', async () => {
    const { chat, shown, settled } = open(BOB);
    chat.handle({ kind: 'add-contact', name: 'carol' });
    chat.handle({ kind: 'export', file: 'copy' });
    chat.handle({ kind: 'verify', contact: 'bob' });
    const before = shown();
    chat.close();
    await settled();
    expect(shown()).toBe(before);
  });
});

describe('what breaks off when the profile is closed', () => {
  it('is no crash', async () => {
    const { chat, client, shown, settled } = open(BOB);
    client.exportProfile = () => Promise.reject(new TypeError('The database connection is not open'));
    client.safetyNumber = () => Promise.reject(new TypeError('The database connection is not open'));
    chat.handle({ kind: 'export', file: 'copy' });
    chat.handle({ kind: 'verify', contact: 'bob' });
    const before = shown();
    chat.close();
    await settled();
    expect(shown()).toBe(before);
  });
});

describe('comparing a safety number', () => {
  const comparing = async (part: Partial<FakeClient['world']> = {}) => {
    const opened = open({ ...BOB, ...part });
    expect(opened.chat.handle({ kind: 'verify', contact: 'bob' })).toBeNull();
    expect(opened.shown().verification).toEqual({ contact: 'bob', number: null });
    await opened.settled();
    return opened;
  };
  const VERIFIED = { kind: 'set-verified', contact: 'bob', verified: true } as const;

  it('shows it, and marks the contact', async () => {
    const { chat, calls, shown, settled } = await comparing();
    expect(shown().verification?.number?.digits).toBe(digitsOf('1'));
    chat.handle(VERIFIED);
    await settled();
    expect(calls.at(-1)).toEqual(['setVerified', 'bob', true]);
    chat.handle({ kind: 'close-verification' });
    expect(shown().verification).toBeNull();
  });

  it('marks nothing when the number is not any more the one on the screen', async () => {
    const { chat, world, calls, shown, settled } = await comparing();
    world.digits = digitsOf('2');
    for (const intent of [VERIFIED, { kind: 'accept-identity', contact: 'bob' } as const]) {
      world.digits = world.digits === digitsOf('2') ? digitsOf('3') : digitsOf('2');
      chat.handle(intent);
      await settled();
      expect(shown().verification?.number?.digits).toBe(world.digits);
      expect(shown().notice?.text).toContain('has changed just now');
    }
    expect(calls).toEqual([['markRead', 'bob']]);
  });

  it('shows the new number as soon as a warning tells of it', async () => {
    const { world, emit, shown, settled } = await comparing();
    Object.assign(world, { digits: digitsOf('2'), before: digitsOf('1'), warnings: ['Changed.'] });
    emit({ kind: 'warnings' });
    await settled();
    expect(shown().verification?.number).toMatchObject({ digits: digitsOf('2'), before: digitsOf('1') });
  });

  it('shows the number without an old one after the change was accepted', async () => {
    const { chat, world, shown, settled } = await comparing({ before: digitsOf('0') });
    expect(shown().verification?.number?.before).toBe(digitsOf('0'));
    chat.handle({ kind: 'accept-identity', contact: 'bob' });
    world.before = null;
    await settled();
    await settled();
    expect(shown().verification?.number?.before).toBeNull();
  });

  it('closes with a sentence where there is nothing to compare', async () => {
    const { chat, refuse, shown, settled } = open(BOB);
    refuse(LEGACY_REFUSAL);
    chat.handle({ kind: 'verify', contact: 'bob' });
    await settled();
    expect(shown().verification).toBeNull();
    expect(shown().notice).toEqual({ kind: 'error', text: LEGACY_REFUSAL.message });
  });

  it('stays open where the server does not answer, and marks nothing', async () => {
    const { chat, emit, refuse, calls, shown, settled } = await comparing();
    refuse(new ClientError('offline', 'The server does not answer.'));
    emit({ kind: 'warnings' });
    await settled();
    expect(shown().notice).toBe(WELCOME);
    chat.handle(VERIFIED);
    await settled();
    expect(shown().verification?.number?.digits).toBe(digitsOf('1'));
    expect(shown().notice?.text).toBe('The server does not answer.');
    expect(calls).toEqual([['markRead', 'bob']]);
  });

  it('drops the number of who was asked for before', async () => {
    const { chat, shown, settled } = open(BOB);
    chat.handle({ kind: 'verify', contact: 'bob' });
    chat.handle({ kind: 'close-verification' });
    await settled();
    expect(shown().verification).toBeNull();
  });
});
