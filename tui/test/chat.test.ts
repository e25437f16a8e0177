import { ClientError, type ClientEvent, type ConnectionState } from '@secure-chat/client/chat-client';
import { describe, expect, it } from 'vitest';
import { broughtHere, openChat, WELCOME } from '../src/app/chat.ts';
import { DRAFT_MS } from '../src/app/draft-keeper.ts';
import { FRAME_MS } from '../src/app/frames.ts';
import { SMALLEST } from '../src/ui/area.ts';
import { drawNotice } from '../src/ui/notice.ts';
import type { ChatState, Notice } from '../src/ui/state.ts';
import { createTimes } from '../src/ui/times.ts';
import {
  clientContact,
  clientMessage,
  createFakeClient,
  digitsOf,
  type FakeClient,
  LEGACY_REFUSAL,
} from './fake-client.ts';
import { createFakeClock } from './fake-clock.ts';
import { drawn } from './screen.ts';

/** A chat that is open, and all that it has shown so far as one state. */
const open = (part: Partial<FakeClient['world']> = {}, welcome = WELCOME) => {
  const fake = createFakeClient(part);
  const clock = createFakeClock();
  const shows: Partial<ChatState>[] = [];
  const endings: string[] = [];
  let state: ChatState | null = null;
  const chat = openChat({
    client: fake.client,
    welcome,
    newcomer: null,
    resolvePath: (path) => `/here/${path}`,
    onEnded: (reason) => endings.push(reason),
    onDeleted: () => {},
    clock,
    times: createTimes('UTC'),
    show: (changed) => {
      shows.push(changed);
      if (state) state = { ...state, ...changed };
    },
  });
  state = chat.state();
  const shown = (): ChatState => state ?? chat.state();
  /** The client tells, and a frame passes. */
  const emit = (...events: ClientEvent[]): void => {
    for (const event of events) fake.emit(event);
    clock.advance(FRAME_MS);
  };
  return {
    ...fake,
    fake,
    chat,
    clock,
    shows,
    shown,
    emit,
    endings,
    settled: () => new Promise(setImmediate),
  };
};

/** Of the smallest window. */
const expectWhole = (notice: Notice | null): void => {
  const { width, height } = SMALLEST;
  const online = { kind: 'online' } as const;
  const { lines } = drawn(width, height, (grid) => {
    drawNotice(grid, 0, { answer: notice, warning: null }, online);
    return null;
  });
  expect(lines.join(' ')).not.toContain('…');
  expect(lines.join(' ').trim()).toBe(notice?.text);
};

const BOB = { contacts: [clientContact('bob', { lastMessageAt: 1 })], messages: [clientMessage()] };

describe('chat after signing in', () => {
  it('opens no conversation of somebody who has written meanwhile: what is typed first would go there', () => {
    const contacts = [
      clientContact('mallory', { lastMessageAt: 2, unread: 1 }),
      clientContact('bob', { lastMessageAt: 1 }),
    ];
    expect(open({ contacts }).shown().selected).toBe('bob');
    expect(open({ contacts: contacts.slice(0, 1) }).shown().selected).toBeNull();
  });

  it('opens the conversation with the newest message, and marks it as read when it was on the screen', () => {
    const { chat, shown, calls } = open({
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
    expect(calls).toEqual([]);
    chat.handle({ kind: 'seen', contact: 'carol', upTo: 1 });
    expect(calls).toEqual([['markRead', 'carol', 1]]);
  });

  it('opens none where nobody has written', () => {
    const { shown, calls } = open({ contacts: [clientContact('bob')] });
    expect(shown()).toMatchObject({ selected: null, messages: [] });
    expect(calls).toEqual([]);
  });

  it('says of a new account where it lives', () => {
    expect(open({}, broughtHere('/data/alice')).shown().notice?.text).toBe(
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

describe('a burst of events', () => {
  const count = 1000;
  const own = (id: number, state: 'queued' | 'sent' | 'read') =>
    clientMessage({ id, sender: 'alice', state });

  it('is shown once, with the contacts looked up once', () => {
    const messages = Array.from({ length: count }, (_, id) => own(id, 'queued'));
    const { client, emit, shows, shown } = open({ ...BOB, messages });
    let looked = 0;
    const contacts = client.contacts;
    client.contacts = () => {
      looked += 1;
      return contacts();
    };
    for (const state of ['sent', 'read'] as const) {
      shows.length = 0;
      looked = 0;
      emit(
        ...messages.flatMap(({ id }): ClientEvent[] => [
          { kind: 'message', message: own(id, state) },
          { kind: 'contacts' },
        ]),
      );
      expect(shows).toHaveLength(1);
      expect(looked).toBe(1);
      expect(shown().messages).toHaveLength(200);
      expect(new Set(shown().messages.map((message) => message.state))).toEqual(new Set([state]));
    }
  });

  it('is shown once a frame when it takes a while', () => {
    const { fake, clock, shows } = open({ ...BOB, messages: [own(1, 'queued')] });
    for (let ms = 0; ms < 10 * FRAME_MS; ms += 1) {
      fake.emit({ kind: 'message', message: own(1, 'sent') });
      clock.advance(1);
    }
    expect(shows).toHaveLength(10);
  });

  it('asks for the conversation once, however many of its messages were deleted', () => {
    const { client, emit, shows, shown } = open(BOB);
    let loads = 0;
    client.messages = (_, { limit }) => {
      // One alone is for the list of contacts.
      if (limit > 1) loads += 1;
      return [];
    };
    emit(...Array.from({ length: count }, (): ClientEvent => ({ kind: 'deleted', contact: 'bob' })));
    expect([loads, shows.length, shown().messages]).toEqual([1, 1, []]);
  });

  it('does not hold back what the person does, nor how the connection is', () => {
    const { chat, fake, shown } = open({ ...BOB, messages: [] });
    fake.emit({ kind: 'message', message: clientMessage({ id: 7 }) });
    expect(shown().messages).toEqual([]);
    chat.handle({ kind: 'send', contact: 'bob', text: 'hi' });
    expect(shown().messages).toHaveLength(1);
    fake.emit({ kind: 'state', state: { kind: 'connecting' } });
    expect(shown().connection).toEqual({ kind: 'connecting' });
  });

  it('is not shown any more after it was closed', () => {
    const { chat, fake, clock, shows } = open(BOB);
    fake.emit({ kind: 'contacts' });
    chat.close();
    clock.advance(FRAME_MS);
    expect([shows, clock.pending()]).toEqual([[], 0]);
  });
});

describe('messages that are missing', () => {
  it('get their place in the open conversation, and become messages there', () => {
    const messages = [1, 5].map((id) => clientMessage({ id }));
    const { emit, shown } = open({ ...BOB, messages });
    const places = () => shown().messages.map(({ id, state }) => `${id} ${state}`);
    emit(
      ...[2, 3, 4].map(
        (id): ClientEvent => ({ kind: 'message', message: clientMessage({ id, state: 'missing' }) }),
      ),
    );
    expect(places()).toEqual(['1 received', '2 missing', '3 missing', '4 missing', '5 received']);
    emit({ kind: 'message', message: clientMessage({ id: 3 }) });
    expect(places()).toEqual(['1 received', '2 missing', '3 received', '4 missing', '5 received']);
  });
});

describe('typing', () => {
  it('is told to the client, and what the client tells is shown', () => {
    const { chat, world, calls, emit, shown } = open(BOB);
    chat.handle({ kind: 'typing', contact: 'bob', typing: true });
    chat.handle({ kind: 'typing', contact: 'bob', typing: false });
    expect(calls).toEqual([
      ['setTyping', 'bob', true],
      ['setTyping', 'bob', false],
    ]);
    world.contacts = [clientContact('bob', { typing: true })];
    emit({ kind: 'contacts' });
    expect(shown().contacts).toMatchObject([{ username: 'bob', typing: true }]);
  });
});

describe('what is said of messages, and set of contacts', () => {
  it('is done at the client, and refused with its sentence', () => {
    const { chat, calls, refuse, shown } = open(BOB);
    const of = { contact: 'bob', id: 1 };
    for (const intent of [
      { kind: 'reply', ...of, text: 'indeed' },
      { kind: 'edit', ...of, text: 'hallo' },
      { kind: 'retract', ...of },
      { kind: 'react', ...of, emoji: '👍' },
    ] as const)
      expect(chat.handle(intent)).toBeNull();
    expect(calls).toEqual([
      ['reply', 'bob', 1, 'indeed'],
      ['edit', 'bob', 1, 'hallo'],
      ['retract', 'bob', 1],
      ['react', 'bob', 1, '👍'],
    ]);
    refuse(LEGACY_REFUSAL);
    expect(chat.handle({ kind: 'retract', ...of })).toBe(LEGACY_REFUSAL.message);
    refuse(null);
    expect(chat.handle({ kind: 'mark', contact: 'bob', marks: { blocked: true } })).toBeNull();
    expect(shown().notice?.text).toBe('bob is blocked: nothing is taken or sent.');
    expectWhole(shown().notice);
  });

  it('shows an answered message as it is after an edit', () => {
    const answers = { id: 1, sender: 'bob', text: 'hi' };
    const { emit, shown } = open({ ...BOB, messages: [clientMessage(), clientMessage({ id: 2, answers })] });
    emit({ kind: 'message', message: clientMessage({ text: 'hello', edited: true }) });
    expect(shown().messages[1]?.answers).toEqual({ id: 1, sender: 'bob', text: 'hello' });
  });

  it('sorts the pinned before the others, and the blocked after them', () => {
    const { shown } = open({
      contacts: [
        clientContact('ann', { blocked: true }),
        clientContact('bob'),
        clientContact('carol', { pinned: true }),
      ],
    });
    expect(shown().contacts.map(({ username }) => username)).toEqual(['carol', 'bob', 'ann']);
  });
});

describe('a draft', () => {
  it('is written once for many keys, with the next contact, and at the end', () => {
    const { chat, clock, world } = open(BOB);
    const type = (text: string) => chat.handle({ kind: 'draft', contact: 'bob', draft: { text, of: null } });
    type('h');
    type('hi');
    expect(world.drafts.size).toBe(0);
    clock.advance(DRAFT_MS);
    expect(world.drafts.get('bob')).toEqual({ text: 'hi', of: null });
    type('hi y');
    chat.handle({ kind: 'select', contact: 'carol' });
    expect(world.drafts.get('bob')).toEqual({ text: 'hi y', of: null });
    type('hi you');
    chat.close();
    expect(world.drafts.get('bob')).toEqual({ text: 'hi you', of: null });
  });

  it('is there when its contact is selected', () => {
    const { chat, shown } = open({
      ...BOB,
      drafts: new Map([
        ['bob', { text: 'for bob', of: { kind: 'reply', id: 1 } }],
        ['carol', { text: 'for carol', of: null }],
      ]),
    });
    expect(shown()).toMatchObject({
      selected: 'bob',
      draft: { text: 'for bob', of: { kind: 'reply', id: 1 } },
    });
    chat.handle({ kind: 'select', contact: 'carol' });
    expect(shown()).toMatchObject({ selected: 'carol', draft: { text: 'for carol', of: null } });
  });
});

describe('/status', () => {
  const DAY = 86_400_000;
  const at = Date.UTC(2025, 2, 4, 10, 32);
  const says = (part: Partial<FakeClient['world']['status']>, connection?: ConnectionState) => {
    const { chat, shown } = open({
      ...BOB,
      status: { queued: 0, completeAt: at, complete: false, unconfirmed: 0, missing: 0, ...part },
      ...(connection && { connection }),
    });
    expect(chat.handle({ kind: 'status', contact: 'bob' })).toBeNull();
    return shown().notice;
  };

  it.each([
    [{}, 'Complete up to your message of 10:32. You are online.'],
    [
      { completeAt: at - DAY },
      'Complete up to your message of 10:32 on Monday 3 March 2025. You are online.',
    ],
    [{ complete: true }, 'All of your messages have arrived. You are online.'],
    // The message may be deleted here.
    [{ complete: true, completeAt: null }, 'All of your messages have arrived. You are online.'],
    [{ completeAt: null }, 'Nothing is known yet of what has arrived. You are online.'],
    [
      { complete: true, queued: 1 },
      'All of your messages that were sent have arrived. Queued: 1 of yours. You are online.',
    ],
    [
      { unconfirmed: 2 },
      'Complete up to your message of 10:32. 2 of yours are not confirmed. You are online.',
    ],
    [
      { queued: 2, missing: 3 },
      'Complete up to your message of 10:32. Queued: 2 of yours. Missing: 3 of theirs. You are online.',
    ],
    [
      { completeAt: null, missing: 1 },
      'Nothing is known yet of what has arrived. Missing: 1 of theirs. You are online.',
    ],
  ])('of %j says', (status, text) => expect(says(status)).toEqual({ kind: 'info', text }));

  it('says all but the connection, which the row below says, in the smallest window too', () => {
    const notice = says({ completeAt: Date.UTC(2025, 8, 24), queued: 1234, missing: 1000 });
    expectWhole(notice && { ...notice, text: notice.text.replace(' You are online.', '') });
  });

  it('says how the connection is', () => {
    expect(says({}, { kind: 'connecting' })?.text).toMatch(/You are being connected\.$/);
    const offline: ConnectionState = {
      kind: 'offline',
      retryAt: at,
      reason: 'The server does not answer.',
      next: '',
    };
    expect(says({}, offline)?.text).toMatch(/You are offline: The server does not answer\.$/);
  });

  it('says what the client refuses', () => {
    const { chat, client } = open(BOB);
    client.status = () => {
      throw new ClientError('refused', 'You have no contact "bob" yet.');
    };
    expect(chat.handle({ kind: 'status', contact: 'bob' })).toBe('You have no contact "bob" yet.');
  });
});

describe('settings', () => {
  it.each([
    ['receipts', 'typing', 'Read receipts are'],
    ['typing', 'receipts', 'Typing notices are'],
  ] as const)('/%s says how it is, and sets it alone, both ways', (setting, other, words) => {
    const { chat, calls, shown, world } = open(BOB);
    chat.handle({ kind: 'setting', setting, on: null });
    expect(shown().notice?.text).toMatch(new RegExp(`^${words} on, both ways: contacts see .* and you see `));
    expect(calls).toEqual([]);
    chat.handle({ kind: 'setting', setting, on: false });
    expect(shown().notice?.text).toMatch(
      new RegExp(`^${words} off, both ways: contacts do not see .* nor you `),
    );
    expect(world.settings).toEqual({ [setting]: false, [other]: true });
    chat.handle({ kind: 'setting', setting, on: true });
    expect(calls.at(-1)).toEqual(['setSettings', { receipts: true, typing: true }]);
  });

  it('say it whole in the smallest window', () => {
    const { chat, shown } = open(BOB);
    for (const setting of ['receipts', 'typing'] as const)
      for (const on of [true, false]) {
        chat.handle({ kind: 'setting', setting, on });
        expectWhole(shown().notice);
      }
  });

  it('shows the states of messages as they are under the new settings', () => {
    const read = clientMessage({ sender: 'alice', state: 'read' });
    const { chat, world, shown } = open({ ...BOB, messages: [read] });
    world.messages = [{ ...read, state: 'delivered' }];
    chat.handle({ kind: 'setting', setting: 'receipts', on: false });
    expect(shown().messages).toMatchObject([{ state: 'delivered' }]);
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
    [{ kind: 'delete-account', password: 'a' }, ['deleteAccount', 'a'], 'Deleting the account ...'],
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

  it('says that older copies still sign in where the server cannot replace a secret', async () => {
    const { chat, world, shown, settled } = open(BOB);
    world.replaces = false;
    chat.handle({ kind: 'change-password', current: 'a', next: 'b' });
    await settled();
    expect(shown().notice).toMatchObject({
      kind: 'error',
      text: expect.stringContaining('older copies still sign in'),
    });
  });

  it('tells that its session was ended from elsewhere', () => {
    const { emit, endings } = open(BOB);
    emit({ kind: 'ended', reason: 'It was ended.' });
    expect(endings).toEqual(['It was ended.']);
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

  it('marks the contact, too, when it is closed before the number was asked for again', async () => {
    const { chat, calls, world, shown, settled } = await comparing();
    chat.handle(VERIFIED);
    chat.handle({ kind: 'close-verification' });
    await settled();
    expect(calls.at(-1)).toEqual(['setVerified', 'bob', true]);
    chat.handle({ kind: 'verify', contact: 'bob' });
    await settled();
    world.digits = digitsOf('2');
    chat.handle({ ...VERIFIED, verified: false });
    chat.handle({ kind: 'close-verification' });
    await settled();
    expect(calls).toHaveLength(1);
    expect(shown().notice?.text).toContain('has changed just now');
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
    expect(calls).toEqual([]);
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
    expect(calls).toEqual([]);
  });

  it('drops the number of who was asked for before', async () => {
    const { chat, shown, settled } = open(BOB);
    chat.handle({ kind: 'verify', contact: 'bob' });
    chat.handle({ kind: 'close-verification' });
    await settled();
    expect(shown().verification).toBeNull();
  });
});
