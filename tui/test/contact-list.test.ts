import { describe, expect, it } from 'vitest';
import { cellAt } from '../src/terminal/cells.ts';
import { THEMES } from '../src/theme/built-in.ts';
import { createSkin } from '../src/theme/skin.ts';
import { contactAt, drawContactList } from '../src/ui/contact-list.ts';
import type { ChatState, Contact } from '../src/ui/state.ts';
import { createTimes } from '../src/ui/times.ts';
import { chatState, contact, NOW } from './chat-fixture.ts';
import { SAMPLE_CONTACTS } from './sample-chat.ts';
import { drawing, drawn } from './screen.ts';

const context = { times: createTimes('UTC'), now: NOW, online: true };

const list = (width: number, height: number, contacts: readonly Contact[], part: Partial<ChatState> = {}) =>
  drawn(width, height, (grid) => {
    const area = { x: 0, y: 0, width, height };
    drawContactList(grid, area, chatState({ contacts, ...part }), context);
    return null;
  });

const said = (text: string) => ({ sender: 'bob', text, at: NOW, state: 'received', deleted: false }) as const;

describe('the list of contacts', () => {
  it('tells each state of a contact by text alone', () => {
    const variants: Partial<Contact>[] = [
      {},
      { online: false },
      { typing: true },
      { blocked: true },
      { unread: 2 },
      { unread: 2, muted: true },
      { muted: true },
      { pinned: true },
      { protection: 'verified' },
      { protection: 'legacy' },
      { protection: 'changed' },
    ];
    const plain = createSkin({ theme: THEMES.dark, depth: 'none', characters: 'ascii' });
    for (const height of [1, 2]) {
      const drawings = variants.map((part) => {
        const { grid } = list(30, height, [contact('bob', part)]);
        return grid.cells.map((cell) => plain.text(cell.text, 1)).join('');
      });
      expect(new Set(drawings).size).toBe(variants.length);
    }
  });

  it('has two rows each where all have room, and one where they have not', () => {
    const contacts = SAMPLE_CONTACTS.slice(0, 3);
    expect(list(25, 6, contacts).lines).toEqual(
      drawing(`
▸● bob ✓ ★         10:01
   * bob is on the train
 ○ carol           09:21
   Could you look at … 3
 ● dave ~ z          Mon
   ok               (12)
`),
    );
    expect(list(25, 5, contacts).lines).toEqual(
      drawing(`
▸● bob ✓ ★
 ○ carol               3
 ● dave ~ z         (12)


`),
    );
  });

  it('gives a long name the room of the time, and cuts it before its marks', () => {
    const long = contact('a-name-of-many-letters-indeed', { protection: 'verified', last: said('hi') });
    expect(list(24, 2, [long]).lines).toEqual([' ● a-name-of-many-le… ✓', '   hi']);
  });

  it('shows no control of what was said', () => {
    const { lines } = list(30, 2, [contact('bob', { last: said('\x1b[2J\u202eevil\nagain') })]);
    expect(lines[1]).toMatch(/^ {3}\S*evil again$/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u202e]/);
  });

  it('says what stands in place of a text', () => {
    const shown = (part: object) =>
      list(40, 2, [contact('bob', { last: { ...said('SECRET'), ...part } })]).lines[1];
    expect(shown({ deleted: true })).toBe('   deleted');
    expect(shown({ state: 'undecryptable' })).toBe('   cannot be decrypted yet');
    expect(shown({ state: 'refused' })).toBe('   not authentic: not shown');
    expect(shown({ sender: 'alice', state: 'failed' })).toBe('   ✗ SECRET');
  });

  it('knows who is drawn in a row', () => {
    const area = { x: 0, y: 1, width: 25, height: 6 };
    const state = chatState();
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((y) => contactAt(area, state, y))).toEqual([
      null,
      'bob',
      'bob',
      'carol',
      'carol',
      'dave',
      'dave',
      null,
    ]);
    const low = { ...area, height: 2 };
    expect([1, 2, 3].map((y) => contactAt(low, chatState({ selected: 'dave' }), y))).toEqual([
      'carol',
      'dave',
      null,
    ]);
  });

  it('has the selected one on a ground of its own, with its roles on it', () => {
    const { grid } = list(25, 6, SAMPLE_CONTACTS.slice(0, 2));
    expect([0, 1, 7].map((x) => cellAt(grid, x, 0).look)).toEqual([
      'selection',
      'selection online',
      'selection verified',
    ]);
    expect(cellAt(grid, 24, 1).look).toBe('selection');
    expect(cellAt(grid, 4, 2).look).toBe('text unread');
  });
});

describe('a time in a list', () => {
  it.each([
    [NOW, '10:01'],
    [Date.UTC(2025, 2, 4, 0, 0), '00:00'],
    [Date.UTC(2025, 2, 3, 23, 59), 'Mon'],
    [NOW - 6 * 86_400_000 + 1, 'Wed'],
    [NOW - 6 * 86_400_000, '26 Feb'],
    [Date.UTC(2024, 11, 31), '2024'],
    [NOW + 86_400_000, '5 Mar'],
  ])('%i is as short as it can be said: %s', (at, text) => {
    expect(createTimes('UTC').brief(at, NOW)).toBe(text);
  });
});
