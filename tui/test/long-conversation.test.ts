import { afterEach, describe, expect, it } from 'vitest';
import { ACCOUNTS } from '../src/app/accounts.ts';
import { type App, startApp } from '../src/app/app.ts';
import { parseOptions } from '../src/app/options.ts';
import type { Message } from '../src/ui/state.ts';
import { message } from './chat-fixture.ts';
import { clientContact, clientMessage, createFakeClient } from './fake-client.ts';
import { createFakeClock } from './fake-clock.ts';
import { createEmulator, createFakeTty, type FakeTty } from './screen.ts';
import { onChat } from './stage.ts';

const PAGE_UP = '\x1b[5~';
const PAGE_DOWN = '\x1b[6~';
const ESC = '\x1b[27u';

/** Several times what is loaded at most. */
const COUNT = 3_000;

const opened: { app: App; tty: FakeTty }[] = [];
afterEach(async () => {
  for (const { app, tty } of opened.splice(0)) {
    await app.leave();
    tty.terminal.close();
  }
});

/** The whole app with a conversation of `COUNT` messages, `no. 1.` and so on, on an emulator. */
const signedIn = async () => {
  const fake = createFakeClient({
    contacts: [clientContact('bob', { lastMessageAt: 1 })],
    messages: Array.from({ length: COUNT }, (_, index) =>
      clientMessage({ id: index + 1, text: `no. ${index + 1}.`, at: index }),
    ),
  });
  const tty = createFakeTty({ width: 80, height: 24 });
  const signIn = async () => fake.client;
  const parsed = parseOptions(['--username', 'alice', '--lock-after', '0'], { env: {}, cwd: '/' });
  if (!('options' in parsed)) throw new Error('these options are right');
  const app = startApp(
    {
      ...parsed.options,
      problems: [],
      themeName: 'dark',
      editor: { command: 'vi', edit: async () => ({ text: '' }), close: () => {} },
      terminal: tty.terminal,
      onQuit: () => {},
      onSuspend: () => {},
    },
    {
      clock: createFakeClock(),
      accounts: { ...ACCOUNTS, signIn, profileExists: () => true, prepare: () => {} },
    },
  );
  opened.push({ app, tty });
  const { feed, lines } = createEmulator(80, 24);
  let fed = 0;
  /** The numbers of the messages of the conversation on the screen, after all that was due. */
  const numbers = async (): Promise<number[]> => {
    for (let turn = 0; turn < 4; turn += 1) await new Promise(setImmediate);
    const bytes = tty.written();
    await feed(bytes.slice(fed));
    fed = bytes.length;
    return [
      ...lines()
        .map((line) => line.slice(21))
        .join('\n')
        .matchAll(/no\. (\d+)\./g),
    ].map(([, number]) => Number(number));
  };
  tty.type('the password\r');
  return { ...fake, tty, numbers };
};

describe('a conversation that is longer than what is loaded', () => {
  it('is paged to its first message and back to its last, and none is passed over', async () => {
    const { tty, numbers } = await signedIn();
    const seen = new Set<number>();
    const look = async (): Promise<readonly number[]> => {
      const shown = await numbers();
      for (const number of shown) seen.add(number);
      return shown;
    };
    expect((await look()).at(-1)).toBe(COUNT);
    for (let pages = 0; !(await look()).includes(1); pages += 1) {
      expect(pages).toBeLessThan(COUNT);
      tty.type(PAGE_UP);
    }
    expect(seen.size).toBe(COUNT);
    seen.clear();
    for (let pages = 0; !(await look()).includes(COUNT); pages += 1) {
      expect(pages).toBeLessThan(COUNT);
      tty.type(PAGE_DOWN);
    }
    expect(seen.size).toBe(COUNT);
  });

  it('is back at its last message with Esc, from wherever one was', async () => {
    const { tty, numbers } = await signedIn();
    await numbers();
    for (let page = 0; page < 100; page += 1) tty.type(PAGE_UP);
    expect((await numbers()).at(-1)).toBeLessThan(COUNT - 1_000);
    // The notice of the start is closed first.
    tty.type(`${ESC}${ESC}`);
    expect((await numbers()).at(-1)).toBe(COUNT);
  });

  it('goes to what a search has found, and on from there in both directions', async () => {
    const { tty, numbers } = await signedIn();
    await numbers();
    tty.type('/search no. 1234.\r');
    await numbers();
    tty.type('\r');
    expect(await numbers()).toContain(1234);
    tty.type(`${ESC}${PAGE_DOWN.repeat(20)}`);
    expect((await numbers()).at(-1)).toBeGreaterThan(1_400);
    tty.type(PAGE_UP.repeat(40));
    expect((await numbers()).at(-1)).toBeLessThan(1_234);
  });

  it('marks nothing as seen that comes while one reads far above', async () => {
    const { tty, numbers, calls, world, emit } = await signedIn();
    await numbers();
    for (let page = 0; page < 100; page += 1) tty.type(PAGE_UP);
    await numbers();
    const before = calls.length;
    world.contacts = [clientContact('bob', { lastMessageAt: 1, unread: 1 })];
    emit({ kind: 'message', message: clientMessage({ id: COUNT + 1, text: 'new' }) });
    emit({ kind: 'contacts' });
    await numbers();
    expect(calls.slice(before).filter(([name]) => name === 'markRead')).toEqual([]);
  });
});

/** Messages whose texts count how often they are read. */
const counted = (count: number) => {
  let reads = 0;
  const messages = Array.from({ length: count }, (_, index): Message => {
    const text = `no. ${index + 1}.`;
    return Object.defineProperty(message({ id: index + 1 }), 'text', {
      enumerable: true,
      get: () => {
        reads += 1;
        return text;
      },
    });
  });
  return { messages, reads: () => reads };
};

it('draws what is in the window only: as much for a conversation of 100,000 messages as for one of 300', async () => {
  const readsOf = async (count: number): Promise<number[]> => {
    const { messages, reads } = counted(count);
    const { tty, screen } = onChat({ messages });
    await screen();
    const steps = [reads()];
    for (const keys of ['x', PAGE_UP, PAGE_UP, PAGE_DOWN, ESC]) {
      const before = reads();
      tty.type(keys);
      await screen();
      steps.push(reads() - before);
    }
    return steps;
  };
  const few = await readsOf(300);
  expect(await readsOf(100_000)).toEqual(few);
  expect(Math.max(...few)).toBeLessThan(300);
});

describe('a storm of resizes', () => {
  it('is one picture, of the last size, with all that was typed', async () => {
    const { tty, draws, screen } = onChat({}, { width: 80, height: 24 });
    await screen();
    const before = draws.length;
    for (let turn = 0; turn < 1_000; turn += 1) {
      tty.resize(40 + (turn % 100), 10 + (turn % 30));
      if (turn % 100 === 0) tty.type('x');
    }
    tty.resize(97, 31);
    const lines = await screen();
    expect(draws).toHaveLength(before + 1);
    expect([draws.at(-1)?.width, draws.at(-1)?.height]).toEqual([97, 31]);
    expect(lines.at(-1)).toContain('xxxxxxxxxx');
  });

  it('is a picture for each turn at most when it goes on, and keeps the place that is read', async () => {
    const messages = Array.from({ length: 300 }, (_, index) =>
      message({ id: index + 1, text: `no. ${index + 1}.` }),
    );
    const { tty, draws, screen } = onChat({ messages });
    await screen();
    tty.type(PAGE_UP.repeat(3));
    const read =
      (await screen())
        .join('\n')
        .match(/no\. \d+\./g)
        ?.at(-1) ?? '';
    const before = draws.length;
    for (let turn = 0; turn < 1_000; turn += 1) {
      tty.resize(60 + (turn % 40), 12 + (turn % 30));
      if (turn % 10 === 0) await new Promise(setImmediate);
    }
    tty.resize(80, 24);
    const lines = await screen();
    expect(draws.length - before).toBeLessThanOrEqual(102);
    expect(lines.join('\n')).toContain(read);
  });
});
