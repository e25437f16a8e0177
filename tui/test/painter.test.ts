import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGrid, drawText, type Grid, gridLines } from '../src/terminal/cells.ts';
import { paint } from '../src/terminal/painter.ts';
import { THEMES } from '../src/theme/built-in.ts';
import { createSkin, type Skin, skinOf } from '../src/theme/skin.ts';
import { createEmulator } from './screen.ts';

const COLOUR = skinOf({ TERM: 'xterm-256color' });
const gridOf = (rows: readonly string[], width = 20): Grid => {
  const grid = createGrid(width, rows.length);
  for (const [y, row] of rows.entries()) drawText(grid, 0, y, row);
  return grid;
};

describe('painter', () => {
  it('writes nothing when nothing changed', () => {
    expect(paint(gridOf(['hello 日本']), gridOf(['hello 日本']), COLOUR)).toBe('');
  });

  it('writes one cell when one cell changed', () => {
    expect(paint(gridOf(['hello']), gridOf(['hallo']), COLOUR)).toBe('\x1b[1;2H\x1b[0ma\x1b[0m');
  });

  it('places the cursor anew after what is not ASCII', () => {
    expect(paint(null, gridOf(['é!']), COLOUR)).toBe('\x1b[0m\x1b[2J\x1b[1;1H\x1b[0mé\x1b[1;2H!\x1b[0m');
  });

  it('keeps what stands behind an emoji in its column, whatever width the emulator gives it', async () => {
    const rows = ['👩🏽‍💻|', '❤️|', '🇩🇪|', '日|', 'e\u0301|', '1️⃣|'];
    // This emulator knows the widths of single code points only: it is wrong about most of these.
    const { emulator, feed } = createEmulator(20, rows.length);
    await feed(paint(null, gridOf(rows), COLOUR));
    const columns = rows.map((_, y) =>
      emulator.buffer.active
        .getLine(y)
        ?.getCell(y === 4 ? 1 : 2)
        ?.getChars(),
    );
    expect(columns).toEqual(rows.map(() => '|'));
  });

  it('leaves on the emulator what the grid holds, after any change from one grid to another', async () => {
    const row = fc
      .array(fc.constantFrom('a', 'b', ' ', '日', '本', '│', '●', 'é'), { maxLength: 12 })
      .map((parts) => parts.join(''));
    const rows = fc.array(row, { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { minLength: 1, maxLength: 5 }), async (screens) => {
        const { feed, lines } = createEmulator(12, 4);
        let shown: Grid | null = null;
        for (const screen of screens) {
          const grid = gridOf(screen, 12);
          await feed(paint(shown, grid, COLOUR));
          shown = grid;
          expect(lines()).toEqual(gridLines(grid));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('writes each look as the skin has it, once for a run of cells', () => {
    const grid = createGrid(3, 1);
    drawText(grid, 0, 0, 'xy', 'error');
    drawText(grid, 2, 0, 'z', 'selection own');
    const skin: Skin = { sequence: (look) => `<${look}>`, text: (cluster) => cluster };
    expect(paint(createGrid(3, 1), grid, skin)).toBe('\x1b[1;1H<error>xy<selection own>z\x1b[0m');
  });

  it('paints blanks, too, where they have a ground of their own', () => {
    const skin: Skin = { sequence: () => '\x1b[0;40m', text: (cluster) => cluster };
    expect(paint(null, createGrid(2, 1), skin)).toBe('\x1b[0;40m\x1b[2J\x1b[1;1H\x1b[0;40m  \x1b[0m');
  });

  it('writes what the skin has for a glyph, and the next cell in its column', () => {
    const skin = createSkin({ theme: THEMES.dark, depth: 'none', characters: 'ascii' });
    expect(paint(createGrid(4, 1), gridOf(['✓日'], 4), skin)).toContain('+');
    expect(paint(createGrid(4, 1), gridOf(['✓日'], 4), skin)).toContain('??');
  });
});

describe('grid', () => {
  it('clips text, and never draws half of a wide cluster', () => {
    const grid = createGrid(4, 1);
    drawText(grid, 0, 0, 'abc日');
    expect(gridLines(grid)).toEqual(['abc']);
    drawText(grid, 0, 0, '日本');
    drawText(grid, 1, 0, 'x');
    expect(gridLines(grid)).toEqual([' x本']);
    drawText(grid, 3, 0, 'y');
    expect(gridLines(grid)).toEqual([' x y']);
  });

  it('ignores what lies outside', () => {
    const grid = createGrid(3, 1);
    expect(drawText(grid, 0, 5, 'abc') + drawText(grid, -1, 0, 'abc') + drawText(grid, 3, 0, 'abc')).toBe(0);
    expect(gridLines(grid)).toEqual(['']);
  });
});
