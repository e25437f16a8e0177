import { ClientError } from '@secure-chat/client/chat-client';
import { describe, expect, it, vi } from 'vitest';
import { createSessionList } from '../src/app/session-list.ts';
import type { SessionsState } from '../src/ui/state.ts';
import { NOW, ownSession } from './chat-fixture.ts';
import { createFakeClient } from './fake-client.ts';
import { onChat } from './stage.ts';

const ESCAPE = '\x1b';
const DOWN = '\x1b[B';
const HERE = ownSession({ id: 'here', client: 'secure-chat TUI on Linux', isCurrent: true });
const THERE = ownSession({ id: 'there', client: 'echo', seenAt: NOW - 60_000 });

const shown = (sessions = [HERE, THERE]) => {
  const stage = onChat();
  stage.ui.updateChat({ sessions: { sessions } });
  return stage;
};

describe('the list of sessions', () => {
  it('is asked for by /sessions, and closed by Esc', async () => {
    const { tty, intents } = onChat();
    tty.type('/sessions\r');
    expect(intents.at(-1)).toEqual({ kind: 'sessions' });
    const { tty: other, intents: closing } = shown();
    other.type(ESCAPE);
    await vi.waitFor(() => expect(closing).toEqual([{ kind: 'close-sessions' }]));
  });

  it.each(['d', '\r'])('ends the picked session on the second press (%j)', async (key) => {
    const { tty, intents, screen } = shown();
    tty.type(`${DOWN}${key}`);
    expect(intents).toEqual([]);
    expect((await screen()).join(' ')).toContain('Press it again to do it.');
    tty.type(key);
    expect(intents).toEqual([{ kind: 'end-session', id: 'there' }]);
  });

  it('ends all others on the second o, and forgets the first one at any other key', () => {
    const { tty, intents } = shown();
    tty.type('o');
    tty.type(DOWN);
    tty.type('o');
    expect(intents).toEqual([]);
    tty.type('o');
    expect(intents).toEqual([{ kind: 'end-other-sessions' }]);
  });

  it('does not end the session that one is in, nor others where there are none', async () => {
    const { tty, intents, screen } = shown([HERE]);
    tty.type('dd');
    tty.type('oo');
    expect(intents).toEqual([]);
    expect((await screen()).join(' ')).toContain('/logout ends it.');
  });

  it('shows nothing of what a program calls itself that a terminal would obey', async () => {
    const { screen } = shown([
      HERE,
      ownSession({ client: '\x1b[2Jevil\u202e\n' }),
      ownSession({ client: '\u200b' }),
    ]);
    const text = (await screen()).join('\n');
    expect(text).toContain('evil');
    for (const bad of ['\x1b', '\u202e', '\u200b']) expect(text).not.toContain(bad);
    expect(text).toContain('does not say what it is');
  });
});

describe('the app', () => {
  const list = (answers: Parameters<typeof createFakeClient>[0] = {}) => {
    const fake = createFakeClient({ sessions: [HERE, THERE], ...answers });
    const shows: (SessionsState | null)[] = [];
    const said: string[] = [];
    const sessions = createSessionList({
      client: fake.client,
      show: (state) => shows.push(state),
      say: (_, text) => said.push(text),
    });
    return { ...fake, sessions, shows, said, settled: () => new Promise(setImmediate) };
  };

  it('shows that it asks, then the sessions, and asks again after one was ended', async () => {
    const { sessions, shows, said, calls, world, settled } = list();
    sessions.handle({ kind: 'sessions' });
    expect(shows).toEqual([{ sessions: null }]);
    await settled();
    expect(shows.at(-1)).toEqual({ sessions: [HERE, THERE] });
    world.sessions = [HERE];
    sessions.handle({ kind: 'end-session', id: 'there' });
    await settled();
    expect(calls).toEqual([['sessions'], ['endSession', 'there'], ['sessions']]);
    expect(shows.at(-1)).toEqual({ sessions: [HERE] });
    sessions.handle({ kind: 'end-other-sessions' });
    await settled();
    expect(said).toEqual(['The session is ended.', 'All other sessions are ended.']);
  });

  it('says why there is none, and closes', async () => {
    const { sessions, shows, said, refuse, settled } = list();
    refuse(new ClientError('refused', 'Not here.'));
    sessions.handle({ kind: 'sessions' });
    await settled();
    expect([shows.at(-1), said]).toEqual([null, ['Not here.']]);
  });

  it('shows nothing that comes after it was closed', async () => {
    const { sessions, shows, settled } = list();
    sessions.handle({ kind: 'sessions' });
    sessions.handle({ kind: 'close-sessions' });
    await settled();
    expect(shows.at(-1)).toBeNull();
  });
});
