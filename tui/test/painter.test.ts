import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGrid, drawText, type Grid, gridLines } from '../src/terminal/cells.ts';
import { paint } from '../src/terminal/painter.ts';
import { createEmulator } from './screen.ts';

const COLOUR = { colour: true };
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

  it('sets styles, and leaves out colours alone when they are not wanted', () => {
    const grid = createGrid(2, 1);
    drawText(grid, 0, 0, 'x', { bold: true, reverse: true, colour: 'red' });
    drawText(grid, 1, 0, 'y', { colour: 'bright-blue', dim: true, underline: true });
    expect(paint(createGrid(2, 1), grid, COLOUR)).toBe('\x1b[1;1H\x1b[0;1;7;31mx\x1b[0;2;4;94my\x1b[0m');
    expect(paint(createGrid(2, 1), grid, { colour: false })).toBe('\x1b[1;1H\x1b[0;1;7mx\x1b[0;2;4my\x1b[0m');
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
