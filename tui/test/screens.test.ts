import { describe, expect, it } from 'vitest';
import type { ChatState } from '../src/ui/state.ts';
import { contact, message, NOW, NUMBER, ownSession, STRANGER, signInState } from './chat-fixture.ts';
import { SAMPLE_CONTACTS, sampleChat } from './sample-chat.ts';
import { createStage, type Stage } from './stage.ts';

/**
 * Every view at three sizes, as drawings in `screens/`. What differs is shown by the test; when it is meant,
 * `npx vitest run --project plain tui/test/screens.test.ts -u` draws them anew. With CI=true one that is not there fails.
 */
const SIZES = [
  { width: 60, height: 20 },
  { width: 100, height: 30 },
  { width: 200, height: 50 },
] as const;

const SHIFT_UP = '\x1b[1;2A';
const F1 = '\x1bOP';

type View = (stage: Stage) => void;

const chat =
  (part: Partial<ChatState> = {}, keys = ''): View =>
  ({ ui, tty }) => {
    ui.showChat(sampleChat(part));
    tty.type(keys);
  };

/** What the app shows after the chat is there. */
const thenShown =
  (part: Partial<ChatState>): View =>
  (stage) => {
    chat()(stage);
    stage.ui.updateChat(part);
  };

const WARNINGS = [
  'The key of erin has changed: a new device, or somebody in between. Nothing is sent to erin until you accept it: /verify compares it, /accept goes on without.',
  'The server gave out a key for your name that is not yours.',
];

const offline = { kind: 'offline', retryAt: NOW + 3500, reason: 'The server does not answer.' } as const;

const long = Array.from({ length: 90 }, (_, index) =>
  message({
    id: index + 1,
    at: NOW + index * 60_000,
    text: `number ${index + 1}`,
    sender: index % 7 < 3 ? 'alice' : 'bob',
    state: index % 7 < 3 ? 'read' : 'received',
  }),
);
const HEIDI = contact('heidi', {
  request: true,
  unread: 2,
  protection: 'unverified',
  last: { sender: 'heidi', text: 'I have your umbrella.', at: NOW, state: 'received', deleted: false },
});
const WITH_REQUEST = [...SAMPLE_CONTACTS.slice(0, -1), HEIDI, ...SAMPLE_CONTACTS.slice(-1)];
const behind = SAMPLE_CONTACTS.map((each) => (each.username === 'bob' ? { ...each, unread: 40 } : each));

const VIEWS: Readonly<Record<string, View>> = {
  'sign-in': ({ ui, tty }) => {
    ui.showSignIn(signInState());
    tty.type('secret');
  },
  'sign-in-error': ({ ui }) =>
    ui.showSignIn(signInState({ error: 'This password does not open the profile. Try again.' })),
  leftover: ({ ui }) =>
    ui.showSignIn(
      signInState({ leftover: { username: 'alice', folder: '~/.local/share/secure-chat/alice' } }),
    ),
  stranger: ({ ui }) => ui.showSignIn(signInState({ stranger: STRANGER })),
  'create-account': ({ ui }) => ui.showSignIn(signInState({ mode: 'create-account', profiles: [] })),
  'create-account-invite': ({ ui, tty }) => {
    ui.showSignIn(signInState({ mode: 'create-account', profiles: [] }));
    tty.type('password\rpassword');
    const error = 'This server wants an invitation. Ask who runs it, and type the code.';
    ui.updateSignIn({ error, errorAt: 'invite' });
  },
  conversation: chat(),
  'conversation-unread': chat({ contacts: behind, messages: long }),
  'conversation-empty': chat({ messages: [] }),
  'conversation-picked': chat({}, `${SHIFT_UP}\x1b[A\x1b[A`),
  'conversation-reply': chat({}, `${SHIFT_UP}\x1b[A\x1b[A\x1b[Arof course`),
  'conversation-many-contacts': chat({
    contacts: Array.from({ length: 60 }, (_, index) => ({
      ...(SAMPLE_CONTACTS[index % 7] ?? SAMPLE_CONTACTS[0]),
      username: `user-${index}`,
    })) as ChatState['contacts'],
    selected: 'user-30',
  }),
  request: chat({
    contacts: WITH_REQUEST,
    selected: 'heidi',
    messages: [
      message({ id: 1, sender: 'heidi', text: 'Hello, we met at the station. Is that you?' }),
      message({ id: 2, sender: 'heidi', text: 'I have your umbrella.' }),
    ],
  }),
  'nobody-yet': chat({ contacts: [], selected: null, messages: [] }),
  'no-conversation': chat({ selected: null, messages: [] }),
  'long-input': chat({}, `${'some words that go on and on '.repeat(14)}\x0aand a new line`),
  palette: chat({}, '/'),
  help: chat({}, F1),
  switch: chat({}, '\x0b'),
  search: thenShown({
    search: {
      words: 'lunch',
      found: [
        { contact: 'bob', message: message({ id: 21, text: 'Lunch?\nNow?' }) },
        {
          contact: 'carol',
          message: message({
            id: 11,
            sender: 'alice',
            text: 'No lunch today, there is too much to do before the release.',
            at: NOW - 86_400_000,
          }),
        },
      ],
    },
  }),
  'search-nothing': thenShown({ search: { words: 'zebra', found: [] } }),
  verify: thenShown({ verification: { contact: 'carol', number: NUMBER } }),
  'verify-changed': thenShown({
    verification: { contact: 'erin', number: { ...NUMBER, before: NUMBER.digits.replaceAll('1', '7') } },
  }),
  password: chat({}, '/password\r'),
  'delete-account': chat({}, '/delete-account\ralice\r'),
  sessions: thenShown({
    sessions: {
      sessions: [ownSession({ client: 'secure-chat TUI on Linux', isCurrent: true }), ownSession()],
    },
  }),
  'notice-info': chat({ notice: { kind: 'info', text: 'bob is not known here. Looking for bob ...' } }),
  'notice-error': chat({
    notice: {
      kind: 'error',
      text: 'There is no user "zoe" on this server. /contact takes the name as it was registered.',
    },
  }),
  warning: chat({ warnings: WARNINGS }),
  offline: chat({ connection: offline }),
};

describe.each(Object.entries(VIEWS))('the screen %s', (name, view) => {
  it.each(SIZES)('at $width x $height', async ({ width, height }) => {
    const stage = createStage({ width, height });
    view(stage);
    const lines = await stage.screen();
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`screens/${name}.${width}x${height}.txt`);
  });
});
