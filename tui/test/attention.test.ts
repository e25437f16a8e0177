import { describe, expect, it, vi } from 'vitest';
import { createAttention, NEWS_MS } from '../src/app/attention.ts';
import type { Settings } from '../src/config/settings.ts';
import { chatState, contact, NOW } from './chat-fixture.ts';

const stage = (settings: Partial<Pick<Settings, 'notify' | 'title'>> = {}) => {
  let focus = (_focused: boolean): void => {};
  let now = NOW;
  const signal = vi.fn();
  const setTitle = vi.fn();
  const attention = createAttention({
    terminal: {
      signal,
      setTitle,
      onFocus: (listener) => {
        focus = listener;
        return () => {};
      },
    },
    settings: { notify: 'osc9', title: true, ...settings },
    now: () => now,
  });
  return {
    attention,
    signal,
    title: () => setTitle.mock.lastCall?.[0],
    focus: (focused: boolean) => focus(focused),
    pass: (ms: number) => {
      now += ms;
    },
  };
};

const having = (unread: number, part = {}) => ({
  contacts: [contact('bob'), contact('carol', { unread, ...part })],
});

describe('news outside of the screen', () => {
  it('is who has written where one does not look, and never what', () => {
    const { attention, signal } = stage();
    attention.update(chatState(having(3)));
    expect(signal).not.toHaveBeenCalled();
    attention.update(having(4));
    expect(signal.mock.calls).toEqual([['osc9', 'secure-chat', 'carol has written to you.']]);
  });

  it('is of each contact once in ten seconds', () => {
    const { attention, signal, pass } = stage();
    attention.update(chatState(having(0)));
    attention.update(having(1));
    attention.update(having(2));
    pass(NEWS_MS - 1);
    attention.update(having(3));
    expect(signal).toHaveBeenCalledTimes(1);
    attention.update({
      contacts: [contact('bob'), contact('dave', { unread: 1 }), contact('carol', { unread: 3 })],
    });
    expect(signal.mock.lastCall?.[2]).toBe('dave has written to you.');
    pass(1);
    attention.update(having(4));
    expect(signal).toHaveBeenCalledTimes(3);
  });

  it('is none of the conversation on the screen, but while the window is not in front', () => {
    const { attention, signal, focus } = stage();
    attention.update(chatState({ ...having(0), selected: 'carol' }));
    attention.update(having(1));
    expect(signal).not.toHaveBeenCalled();
    focus(false);
    attention.update(having(2));
    expect(signal).toHaveBeenCalledTimes(1);
    focus(true);
    attention.update(having(3));
    expect(signal).toHaveBeenCalledTimes(1);
  });

  it.each([{ muted: true }, { blocked: true }])('is none of a contact that is %j', (marks) => {
    const { attention, signal, title } = stage();
    attention.update(chatState(having(0, marks)));
    attention.update(having(1, marks));
    expect(signal).not.toHaveBeenCalled();
    expect(title()).toBe('secure-chat — alice');
  });

  it('is none where nobody wants it', () => {
    const { attention, signal } = stage({ notify: 'none' });
    attention.update(chatState(having(0)));
    attention.update(having(1));
    expect(signal).not.toHaveBeenCalled();
  });

  it('is none when messages are read, or when one comes back to what was there', () => {
    const { attention, signal } = stage();
    attention.update(chatState(having(5)));
    attention.update(having(0));
    attention.forget();
    attention.update(chatState(having(5)));
    expect(signal).not.toHaveBeenCalled();
  });
});

describe('the title of the window', () => {
  it('says who one is, and how much is unread', () => {
    const { attention, title } = stage();
    expect(title()).toBe('secure-chat');
    attention.update(chatState(having(3)));
    expect(title()).toBe('(3) secure-chat — alice');
    attention.update(having(0));
    expect(title()).toBe('secure-chat — alice');
    attention.forget();
    expect(title()).toBe('secure-chat');
  });

  it('is left alone where nobody wants it', () => {
    const { attention, title } = stage({ title: false });
    attention.update(chatState(having(3)));
    expect(title()).toBeUndefined();
  });
});
