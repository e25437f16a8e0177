import { expect, test } from 'vitest';
import { createRecorder } from './recorder.ts';

const message = (id: number, contact: string, state = 'received') => ({
  id,
  contact,
  sender: contact,
  text: `text ${id}`,
  state,
});

test('a row that was deleted is shown no more, and those of other conversations are', () => {
  const recorder = createRecorder(['alice']);
  const messages = [message(1, 'bob'), message(2, 'bob', 'missing'), message(3, 'carol')];
  recorder.add({ is: 'opened', at: 1, user: 'alice', messages });
  recorder.add({ is: 'kept', at: 2, user: 'alice', contact: 'bob', ids: [1] });
  expect([...recorder.shown('alice').keys()]).toEqual([1, 3]);
});

test('who waits for something is asked after each event, also when rows went', async () => {
  const recorder = createRecorder(['alice']);
  recorder.add({ is: 'opened', at: 1, user: 'alice', messages: [message(1, 'bob', 'missing')] });
  const rest = recorder.until(() => recorder.shown('alice').size === 0, 60_000);
  recorder.add({ is: 'kept', at: 2, user: 'alice', contact: 'bob', ids: [] });
  expect(await rest).toBe(true);
});
