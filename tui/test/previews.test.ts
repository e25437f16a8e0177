import { describe, expect, it } from 'vitest';
import { createPreviews } from '../src/app/previews.ts';
import { clientContact, clientMessage, createFakeClient } from './fake-client.ts';

const bob = clientContact('bob', { lastMessageAt: 1 });

const previews = () => {
  const { client, world } = createFakeClient({
    messages: [clientMessage({ id: 1, text: 'one' }), clientMessage({ id: 2, text: 'x'.repeat(32_000) })],
  });
  const limits: number[] = [];
  const { messages } = client;
  client.messages = (contact, options) => {
    limits.push(options.limit);
    return messages(contact, options);
  };
  return { world, limits, ...createPreviews(client) };
};

describe('the last messages of contacts', () => {
  it('are read one row each, once, and cut', () => {
    const { of, limits } = previews();
    expect(of(bob)?.text).toBe('x'.repeat(200));
    expect(of(bob)).toEqual({
      sender: 'bob',
      text: 'x'.repeat(200),
      at: 1,
      state: 'received',
      deleted: false,
    });
    expect(of(clientContact('carol'))).toBeNull();
    expect(limits).toEqual([1]);
  });

  it('are what comes, and what becomes of it, but not what changes before it', () => {
    const { of, put, limits } = previews();
    of(bob);
    put(clientMessage({ id: 3, text: 'three', sender: 'alice', state: 'queued' }));
    put(clientMessage({ id: 3, text: 'three', sender: 'alice', state: 'sent' }));
    put(clientMessage({ id: 1, text: 'edited' }));
    expect(of(bob)).toMatchObject({ text: 'three', state: 'sent' });
    expect(limits).toEqual([1]);
  });

  it('are read again when messages are gone', () => {
    const { of, forget, world } = previews();
    of(bob);
    world.messages = [clientMessage({ id: 1, text: 'one' })];
    forget('bob');
    expect(of(bob)?.text).toBe('one');
    world.messages = [];
    forget('bob');
    expect(of(bob)).toBeNull();
  });
});
