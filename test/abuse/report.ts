import { cpus, loadavg } from 'node:os';
import type { Row } from './measure.ts';
import { ratioOf } from './verdict.ts';

/** Kinds of answers that are named; the others are added up. */
const ANSWERS_SHOWN = 5;

const number = (count: number): string => count.toLocaleString('en-US');

function answersOf({ answers }: Row): string {
  const sorted = Object.entries(answers).sort(([, one], [, other]) => other - one);
  const rest = sorted.slice(ANSWERS_SHOWN).reduce((sum, [, count]) => sum + count, 0);
  const named = sorted.slice(0, ANSWERS_SHOWN).map(([answer, count]) => `${answer}: ${number(count)}`);
  return [...named, ...(rest > 0 ? [`others: ${number(rest)}`] : [])].join(', ');
}

const HEADS = [
  'attack',
  'p50 / p99 quiet',
  'under attack',
  'after',
  'p99 ratio',
  'RSS MiB before, most, after',
  'descriptors',
  'the attacker was answered',
];

export const cellsOf = (row: Row): string[] => {
  const { attack, quiet, during, after, before, most, left } = row;
  const latency = ({ p50, p99 }: Row['quiet']): string => `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`;
  return [
    attack.name,
    latency(quiet),
    latency(during),
    latency(after),
    ratioOf(row).toFixed(2),
    `${before.rss}, ${most.rss}, ${left.rss}`,
    `${before.descriptors}, ${most.descriptors}, ${left.descriptors}`,
    answersOf(row),
  ];
};

/** For a terminal, as soon as an attack is over. */
export const rowLine = (row: Row): string => {
  const cells = cellsOf(row);
  return HEADS.map((head, index) => (index === 0 ? (cells[0] ?? '') : `    ${head}: ${cells[index]}`)).join(
    '\n',
  );
};

/** The table of docs/security.md. */
export function markdown(rows: readonly Row[], seconds: number): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const [cpu] = cpus();
  const machine = `Node ${process.version}, ${cpus().length} cores of ${cpu?.model.trim() ?? 'an unknown kind'}, ${Math.round(seconds)} s, load at the end ${loadavg()[0]?.toFixed(1)}`;
  return [
    machine,
    '',
    line(HEADS),
    line(HEADS.map(() => '---')),
    ...rows.map((row) => line(cellsOf(row))),
  ].join('\n');
}
