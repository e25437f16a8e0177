import { describe, expect, it } from 'vitest';
import { check, type Violation } from './checker.ts';
import type { ReportedMessage } from './client-protocol.ts';
import type { TraceEvent } from './trace.ts';

const USERS = ['ann', 'bob'];

const message = (
  id: number,
  text: string,
  state: string,
  sender = 'ann',
  contact = 'bob',
): ReportedMessage => ({
  id,
  contact,
  sender,
  text,
  state,
});
const atBob = (id: number, text: string, state = 'received') => message(id, text, state, 'ann', 'ann');

const spawned = (at: number, user: string): TraceEvent => ({ is: 'spawned', at, user });
const asked = (at: number, text: string): TraceEvent => ({ is: 'asked', at, user: 'ann', to: 'bob', text });
const says = (at: number, user: string, what: ReportedMessage): TraceEvent => ({
  is: 'message',
  at,
  user,
  message: what,
});
const marking = (at: number): TraceEvent => ({ is: 'marking', at, user: 'bob', from: 'ann' });
const opened = (at: number, user: string, ...messages: ReportedMessage[]): TraceEvent => ({
  is: 'opened',
  at,
  user,
  messages,
});
const listed = (user: string, ...messages: ReportedMessage[]): TraceEvent => ({
  is: 'listed',
  at: 1_000,
  user,
  messages,
});

const found = (events: TraceEvent[]): Violation['kind'][] =>
  check({ users: USERS, events: [spawned(1, 'ann'), spawned(1, 'bob'), ...events] }).map(({ kind }) => kind);

/** Two messages from ann to bob that everything went well with. */
const GOOD = [
  asked(10, 'one'),
  says(11, 'ann', message(1, 'one', 'queued')),
  asked(12, 'two'),
  says(13, 'ann', message(2, 'two', 'queued')),
  says(20, 'ann', message(1, 'one', 'sent')),
  says(21, 'ann', message(2, 'two', 'sent')),
  says(30, 'bob', atBob(1, 'one')),
  says(31, 'bob', atBob(2, 'two')),
  says(40, 'ann', message(1, 'one', 'delivered')),
  marking(45),
  says(50, 'ann', message(1, 'one', 'read')),
  says(51, 'ann', message(2, 'two', 'delivered')),
];
const LISTS = [
  listed('ann', message(1, 'one', 'read'), message(2, 'two', 'delivered')),
  listed('bob', atBob(1, 'one'), atBob(2, 'two')),
];

describe('the checker of the faults suite', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(found([...GOOD, ...LISTS])).toEqual([]);
  });

  it('finds a message whose receiver never said that it has it', () => {
    const events = [
      asked(10, 'one'),
      says(20, 'ann', message(1, 'one', 'sent')),
      listed('ann', message(1, 'one', 'sent')),
      listed('bob', atBob(1, 'one')),
    ];
    expect(found(events)).toEqual(['without a receipt']);
  });

  it('finds a message that was sent and is not shown, whatever its state became', () => {
    expect(found([...GOOD.slice(0, 6), LISTS[0] ?? marking(0), listed('bob', atBob(1, 'one'))])).toContain(
      'lost',
    );
    const before = [asked(1, 'one'), says(2, 'ann', message(1, 'one', 'sent'))];
    expect(found([...before, listed('ann', message(1, 'one', 'failed')), listed('bob')])).toEqual([
      'failed',
      'lost',
    ]);
  });

  it('finds a message that is shown twice', () => {
    expect(
      found([
        ...GOOD,
        LISTS[0] ?? marking(0),
        listed('bob', atBob(1, 'one'), atBob(2, 'two'), atBob(3, 'two')),
      ]),
    ).toEqual(['shown twice']);
  });

  it('finds messages out of order', () => {
    const events = [
      ...GOOD.filter(({ is, at }) => is !== 'message' || at < 30 || at > 31),
      LISTS[0] ?? marking(0),
    ];
    expect(found([...events, listed('bob', atBob(1, 'two'), atBob(2, 'one'))])).toContain('out of order');
  });

  it('finds a text that was altered, and one under a wrong name', () => {
    const altered = listed('bob', atBob(1, 'one'), atBob(2, 'TWO'));
    expect(found([...GOOD.slice(0, 6), LISTS[0] ?? marking(0), altered])).toContain('never asked for');
    const wrong = listed('bob', atBob(1, 'one'), atBob(2, 'two'), message(3, 'one', 'sent', 'bob', 'ann'));
    expect(found([...GOOD, LISTS[0] ?? marking(0), wrong])).toContain('never asked for');
  });

  it('finds a message that was shown and is no more, at either end', () => {
    expect(found([...GOOD, LISTS[0] ?? marking(0), listed('bob', atBob(2, 'two'))])).toContain('vanished');
    expect(found([...GOOD, listed('ann', message(2, 'two', 'delivered')), LISTS[1] ?? marking(0)])).toEqual([
      'vanished',
    ]);
  });

  it.each(['undecryptable', 'refused', 'missing'])('finds a message that stays %s', (state) => {
    const lists = [
      LISTS[0] ?? marking(0),
      listed('bob', atBob(1, 'one'), atBob(2, 'two'), atBob(3, '', state)),
    ];
    expect(found([...GOOD, ...lists])).toEqual(['not readable']);
  });

  it('lets a message wait for its keys', () => {
    const begin = [...GOOD.slice(0, 6), says(25, 'bob', atBob(1, '', 'undecryptable'))];
    expect(found([...begin, ...GOOD.slice(6), ...LISTS])).toEqual([]);
  });

  it.each(['refused', 'missing'])('finds a message that was %s for a while', (state) => {
    const begin = [...GOOD.slice(0, 6), says(25, 'bob', atBob(1, '', state))];
    expect(found([...begin, ...GOOD.slice(6), ...LISTS])).toEqual(['had to be mended']);
    // A row of its own, which is gone when what it stood for has come.
    const apart = [...GOOD.slice(0, 6), says(25, 'bob', atBob(9, '', state))];
    expect(found([...apart, ...GOOD.slice(6), ...LISTS])).toEqual(['had to be mended']);
  });

  it.each([
    ['sent', 'queued'],
    ['delivered', 'sent'],
    ['read', 'delivered'],
    ['failed', 'sent'],
  ])('finds a state that goes from %s to %s, also over a restart', (first, second) => {
    const events = (later: TraceEvent) =>
      found([...GOOD, says(60, 'ann', message(3, 'x', first)), later, ...LISTS]);
    expect(events(says(61, 'ann', message(3, 'x', second)))).toContain('state went back');
    expect(events(opened(61, 'ann', message(3, 'x', second)))).toContain('state went back');
  });

  it('finds a message that is queued in the end', () => {
    const events = [asked(1, 'one'), says(2, 'ann', message(1, 'one', 'queued'))];
    expect(found([...events, listed('ann', message(1, 'one', 'queued')), listed('bob')])).toEqual([
      'still waiting',
    ]);
  });

  it('finds that a message failed, though it is shown', () => {
    const events = [
      asked(1, 'one'),
      says(5, 'bob', atBob(1, 'one')),
      says(6, 'ann', message(1, 'one', 'failed')),
    ];
    const lists = [listed('ann', message(1, 'one', 'failed')), listed('bob', atBob(1, 'one'))];
    expect(found([...events, ...lists])).toEqual(['failed']);
  });

  it('finds that a message was delivered before it was stored', () => {
    const early = [asked(1, 'one'), says(5, 'ann', message(1, 'one', 'delivered'))];
    const lists = [listed('ann', message(1, 'one', 'delivered')), listed('bob', atBob(1, 'one'))];
    expect(found([...early, says(6, 'bob', atBob(1, 'one')), ...lists])).toEqual([
      'delivered before it was stored',
    ]);
    // Found at an opening: stored since the process was started, or earlier.
    const start = (at: number) => [opened(2, 'bob'), spawned(at, 'bob'), opened(20, 'bob', atBob(1, 'one'))];
    expect(found([...early, ...start(4), ...lists])).toEqual([]);
    expect(found([...early, ...start(6), ...lists])).toEqual(['delivered before it was stored']);
  });

  it('takes into account what was stored by a process that was killed before it had said that it is open', () => {
    const delivered = [asked(1, 'one'), says(5, 'ann', message(1, 'one', 'delivered'))];
    const lists = [listed('ann', message(1, 'one', 'delivered')), listed('bob', atBob(1, 'one'))];
    const [start, again, held] = [spawned(4, 'bob'), spawned(8, 'bob'), opened(20, 'bob', atBob(1, 'one'))];
    // The second one opens what the first one stored, while it opened the profile.
    expect(found([opened(2, 'bob'), ...delivered, start, again, held, ...lists])).toEqual([]);
    // The first one had said what it holds, and would have told of what it stored since.
    expect(found([opened(2, 'bob'), ...delivered, start, opened(6, 'bob'), again, held, ...lists])).toEqual([
      'delivered before it was stored',
    ]);
  });

  it('finds that a message was read before it was seen', () => {
    const events = [
      asked(1, 'one'),
      says(5, 'bob', atBob(1, 'one')),
      says(9, 'ann', message(1, 'one', 'read')),
    ];
    const lists = [listed('ann', message(1, 'one', 'read')), listed('bob', atBob(1, 'one'))];
    expect(found([...events, ...lists])).toEqual(['read before it was seen']);
    expect(found([...events, marking(4), ...lists])).toEqual(['read before it was seen']);
    expect(found([...events, marking(10), ...lists])).toEqual(['read before it was seen']);
    expect(found([...events, marking(6), ...lists])).toEqual([]);
  });

  it('finds a command that the client threw at', () => {
    expect(
      found([...GOOD, { is: 'threw', at: 60, user: 'ann', command: 'open', error: 'no' }, ...LISTS]),
    ).toEqual(['command failed']);
  });

  it('finds a client that ended by itself', () => {
    const gone = (code: number | null, signal: NodeJS.Signals | null): TraceEvent[] => [
      ...GOOD,
      { is: 'gone', at: 60, user: 'bob', code, signal },
      ...LISTS,
    ];
    expect(found(gone(null, 'SIGKILL'))).toEqual([]);
    expect(found(gone(null, 'SIGABRT'))).toEqual(['ended by itself']);
    expect(found(gone(1, null))).toEqual(['ended by itself']);
  });

  it('does not judge a trace that has no end', () => {
    expect(() => found(GOOD)).toThrow('ann did not list its messages');
  });
});
