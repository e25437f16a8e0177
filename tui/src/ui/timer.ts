/** Seconds of the units that a person types, the largest first. */
const UNITS = [
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** Seconds: shorter, and a message would go before it is read. */
const TIMER_MIN = 5;
/** Seconds: four weeks. Whoever wants longer wants to keep a history. */
const TIMER_MAX = 2_419_200;

/** Reads `off`, `30s`, `5m`, `1h`, `1d`, `1w`: the seconds, 0 for off; null for anything else and beyond the bounds. */
export const parseTimer = (text: string): number | null => {
  if (text.toLowerCase() === 'off') return 0;
  const [, count, letter] = /^(\d{1,7})([smhdw])$/i.exec(text) ?? [];
  const unit = UNITS.find(([name]) => name === letter?.toLowerCase());
  const seconds = Number(count) * (unit?.[1] ?? Number.NaN);
  return seconds >= TIMER_MIN && seconds <= TIMER_MAX ? seconds : null;
};

/** Seconds in the largest unit that they are a whole number of: `90 s`, `1 h`. */
export const timerText = (seconds: number): string => {
  const [name, size] = UNITS.find(([, length]) => seconds % length === 0) ?? ['s', 1];
  return `${seconds / size} ${name}`;
};
