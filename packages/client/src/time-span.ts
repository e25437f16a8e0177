const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [7 * 24 * 60 * 60, 'week'],
  [24 * 60 * 60, 'day'],
  [60 * 60, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** `1 hour`, `90 minutes`: in the largest unit that divides it. */
export function spanOf(seconds: number): string {
  const [size, name] = UNITS.find(([unit]) => seconds % unit === 0) ?? [1, 'second'];
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** `20 s`, `5 min`: of a wait, never less than it is. */
export function waitOf(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
