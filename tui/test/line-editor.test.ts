import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGrid, gridLines } from '../src/terminal/cells.ts';
import { key } from '../src/terminal/key-events.ts';
import { editKey } from '../src/ui/edit-keys.ts';
import { EMPTY_HISTORY, HISTORY_MAX, recall, remember } from '../src/ui/input-history.ts';
import { drawField } from '../src/ui/input-line.ts';
import type { Line } from '../src/ui/line-editor.ts';
import * as editor from '../src/ui/line-editor.ts';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const cut = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment);

/** The naive model: an array of clusters that do not merge, and an index. */
interface Model {
  parts: string[];
  at: number;
}
const blank = (part: string | undefined) => part === ' ' || part === '\n';
const OPERATIONS: Record<string, { real: (line: Line) => Line; model: (model: Model) => void }> = {
  left: {
    real: editor.left,
    model: (m) => {
      m.at = Math.max(0, m.at - 1);
    },
  },
  right: {
    real: editor.right,
    model: (m) => {
      m.at = Math.min(m.parts.length, m.at + 1);
    },
  },
  home: {
    real: editor.home,
    model: (m) => {
      m.at = 0;
    },
  },
  end: {
    real: editor.end,
    model: (m) => {
      m.at = m.parts.length;
    },
  },
  backspace: {
    real: editor.backspace,
    model: (m) => {
      if (m.at > 0) m.parts.splice(--m.at, 1);
    },
  },
  delete: {
    real: editor.deleteNext,
    model: (m) => {
      m.parts.splice(m.at, 1);
    },
  },
  toEnd: {
    real: editor.deleteToEnd,
    model: (m) => {
      m.parts.splice(m.at);
    },
  },
  toStart: {
    real: editor.deleteToStart,
    model: (m) => {
      m.parts.splice(0, m.at);
      m.at = 0;
    },
  },
  wordLeft: {
    real: editor.wordLeft,
    model: (m) => {
      while (m.at > 0 && blank(m.parts[m.at - 1])) m.at -= 1;
      while (m.at > 0 && !blank(m.parts[m.at - 1])) m.at -= 1;
    },
  },
  wordRight: {
    real: editor.wordRight,
    model: (m) => {
      while (m.at < m.parts.length && blank(m.parts[m.at])) m.at += 1;
      while (m.at < m.parts.length && !blank(m.parts[m.at])) m.at += 1;
    },
  },
};

describe('line editor', () => {
  it('does what a naive model of separate clusters does', () => {
    const typed = fc.constantFrom('a', 'b', ' ', '日', '👩🏽‍💻', 'e\u0301', '👍🏽', '\n');
    const step = fc.oneof(
      typed.map((text) => ({ text })),
      fc.constantFrom(...Object.keys(OPERATIONS)).map((name) => ({ name })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let line = editor.EMPTY_LINE;
        const model: Model = { parts: [], at: 0 };
        for (const each of steps) {
          if ('text' in each) {
            line = editor.insert(line, each.text);
            model.parts.splice(model.at, 0, each.text);
            model.at += 1;
          } else {
            line = OPERATIONS[each.name]?.real(line) ?? line;
            OPERATIONS[each.name]?.model(model);
          }
          expect(line.text).toBe(model.parts.join(''));
          expect(line.cursor).toBe(model.parts.slice(0, model.at).join('').length);
        }
      }),
    );
  });

  it('keeps the cursor between clusters, whatever merges', () => {
    const part = fc.constantFrom('🇩', '🇪', '👩', '\u200D', '💻', 'e', '\u0301', '🏽', ' ');
    const step = fc.oneof(
      part.map((text) => ({ text })),
      fc.constantFrom(...Object.keys(OPERATIONS)).map((name) => ({ name })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let line = editor.EMPTY_LINE;
        for (const each of steps) {
          line =
            'text' in each ? editor.insert(line, each.text) : (OPERATIONS[each.name]?.real(line) ?? line);
          const edges = [0];
          for (const one of cut(line.text)) edges.push((edges.at(-1) ?? 0) + one.length);
          expect(edges).toContain(line.cursor);
        }
      }),
    );
  });

  it('takes a paste of many lines as one text, without its controls', () => {
    expect(editor.lineOf('a\r\nb\tc\x1b[31m\x07\uD83D').text).toBe('a\nb\tc[31m');
  });

  it(`holds ${editor.LINE_MAX} bytes, and cuts a paste between clusters`, () => {
    const full = editor.lineOf('a'.repeat(editor.LINE_MAX - 1));
    expect(editor.insert(full, '👍').text).toHaveLength(editor.LINE_MAX - 1);
    expect(editor.insert(full, 'bc').text).toHaveLength(editor.LINE_MAX);
    const family = '👩‍👩‍👧';
    const fits = Math.floor(editor.LINE_MAX / 18);
    expect(editor.lineOf(family.repeat(fits + 2)).text).toBe(family.repeat(fits));
  });

  it('has the keys that people know', () => {
    const line = editor.lineOf('one two');
    expect(editKey(line, key('w', { ctrl: true }))).toEqual(editor.lineOf('one '));
    expect(editKey(line, key('a', { ctrl: true }))?.cursor).toBe(0);
    expect(editKey(line, key('b', { alt: true }))?.cursor).toBe(4);
    expect(editKey(line, key('left', { ctrl: true }))?.cursor).toBe(4);
    expect(editKey(line, key('u', { ctrl: true }))?.text).toBe('');
    expect(editKey(editor.home(line), key('delete'))?.text).toBe('ne two');
    expect(editKey(editor.home(line), key('k', { ctrl: true }))?.text).toBe('');
    expect(editKey(line, key('f7'))).toBeNull();
    expect(editKey(line, key('constructor', { alt: true }))).toBeNull();
  });
});

describe('field', () => {
  const field = (line: Line, cells: number, masked = false) => {
    const grid = createGrid(20, 1);
    const cursor = drawField(grid, 0, 0, cells, line, { masked });
    return [gridLines(grid)[0], cursor];
  };

  it('shows the part around the cursor', () => {
    const line = editor.lineOf('abcdefghij');
    expect(field(line, 5)).toEqual(['ghij', 4]);
    expect(field(editor.home(line), 5)).toEqual(['abcde', 0]);
    expect(field(editor.lineOf('日本語'), 5)).toEqual(['本語', 4]);
  });

  it('marks line breaks, and gives every cluster a cell', () => {
    expect(field(editor.lineOf('a\nb\tc\u202Ed'), 10)).toEqual(['a⏎b c�d', 7]);
  });

  it('draws dots for a password', () => {
    expect(field(editor.lineOf('日e\u0301x'), 10, true)).toEqual(['•••', 3]);
  });
});

describe('input history', () => {
  it('goes back and forth, and keeps the draft', () => {
    const history = remember(remember(remember(EMPTY_HISTORY, 'one'), 'two'), 'two');
    const first = recall(history, -1, 'draft');
    const second = first && recall(first.history, -1, first.text);
    const forth = second && recall(second.history, 1, second.text);
    const back = forth && recall(forth.history, 1, forth.text);
    expect([first?.text, second?.text, forth?.text, back?.text]).toEqual(['two', 'one', 'two', 'draft']);
    expect(second && recall(second.history, -1, 'x')).toBeNull();
    expect(back && recall(back.history, 1, 'x')).toBeNull();
  });

  it(`keeps ${HISTORY_MAX} lines`, () => {
    let history = EMPTY_HISTORY;
    for (let index = 0; index < HISTORY_MAX + 5; index += 1) history = remember(history, String(index));
    expect(history.entries).toHaveLength(HISTORY_MAX);
    expect(history.entries[0]).toBe('5');
  });
});
