import type { Spread } from './arithmetic.ts';
import type { Machine } from './figures.ts';
import type { Target } from './targets.ts';

export type Cell = string | number;

export const SPREAD = ['p50', 'p95', 'p99', 'max'];
export const cells = ({ p50, p95, p99, max }: Spread): Cell[] => [p50, p95, p99, max];

export const machineLines = ({
  node,
  cores,
  cpu,
  loadBefore,
  quick,
}: Machine & { readonly quick: boolean }): string[] => [
  `Node ${node}, ${cores} cores, ${cpu}, load before ${loadBefore}`,
  ...(quick ? ['QUICK: the figures mean nothing.'] : []),
];

/** Not for a quick run, whose figures reach nothing. */
export const targetTable = (targets: readonly Target[]): string =>
  table(
    ['target', 'value', 'wanted', '', 'of'],
    targets.map(({ name, value, wanted, reached, of }) => [
      name,
      value,
      wanted,
      reached ? 'reached' : 'MISSED',
      of,
    ]),
  );

/** Columns under their heads, numbers to the right. */
export function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = heads.some((head) => head !== '') ? [heads, ...rows] : rows;
  const widths = heads.map((_, column) =>
    Math.max(...lines.map((line) => String(line[column] ?? '').length)),
  );
  const text = lines.map((line) =>
    line
      .map((cell, column) => {
        const isNumber = typeof rows[0]?.[column] === 'number';
        const width = widths[column] ?? 0;
        return isNumber ? String(cell).padStart(width) : String(cell).padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
  return `${text.join('\n')}\n`;
}
