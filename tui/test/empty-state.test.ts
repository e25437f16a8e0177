import { describe, expect, it } from 'vitest';
import { chatLayout } from '../src/ui/chat-view.ts';
import { emptyText } from '../src/ui/empty-state.ts';
import { chatScreen, chatState, contact, NOW } from './chat-fixture.ts';

const nobody = { contacts: [], selected: null, messages: [] };
const offline = { kind: 'offline', retryAt: NOW, reason: 'Away.' } as const;

describe('in place of a conversation', () => {
  it('a newcomer is told of the safety number and of the folder', () => {
    const text = emptyText(chatState({ ...nobody, newcomer: '~/accounts/alice' }));
    expect(text).toContain('Welcome, alice.');
    const lines = text?.split('\n').filter((line) => /safety numbers|Compare them once/.test(line)) ?? [];
    expect(lines).toHaveLength(2);
    const { conversation } = chatLayout({ width: 80, height: 24 }, chatScreen(chatState()));
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(conversation.width);
    expect(text).toContain('/verify');
    expect(text).toContain('Your account lives in ~/accounts/alice: keep a copy');
    expect(text).not.toContain('echo');
  });

  it('a newcomer is offered the bot of a server that has one, while it answers', () => {
    const text = (online: boolean) =>
      emptyText(
        chatState({ ...nobody, newcomer: '~/a', contacts: [contact('bob'), contact('echo', { online })] }),
      );
    expect(text(true)).toContain('type /contact echo and press Enter');
    expect(text(false)).not.toContain('echo');
  });

  it('nobody else is told so', () => {
    expect(emptyText(chatState({ ...nobody }))).not.toContain('Welcome');
    expect(emptyText(chatState({ newcomer: '~/a' }))).toBeNull();
  });

  it.each([
    ['nobody is there', chatState(nobody), '/contact NAME'],
    ['the server is away', chatState({ ...nobody, connection: offline }), 'as soon as it is back'],
    ['nobody is picked', chatState({ ...nobody, contacts: [contact('bob')] }), 'Tab goes to the next one'],
    [
      'nobody is picked and something is unread',
      chatState({ ...nobody, contacts: [contact('bob', { unread: 1 })] }),
      'Tab goes to them.',
    ],
    ['nothing was written', chatState({ messages: [] }), 'Type one below and press Enter.'],
    ['nothing was written to the bot', chatState({ messages: [], selected: 'echo' }), 'Tell it no secrets.'],
  ])('%s: it says what to do', (_, state, words) => expect(emptyText(state)).toContain(words));
});
