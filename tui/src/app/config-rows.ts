import type { Settings } from '../config/settings.ts';

const placeOf = (problem: string): string => problem.slice(0, problem.indexOf(': ') + 1);

/** What is wrong, a line each: the file of several stands once, over them. */
export const problemLines = (problems: readonly string[]): readonly string[] =>
  problems.flatMap((problem, index) => {
    const place = placeOf(problem);
    const isSame = (other: string | undefined): boolean =>
      place !== '' && other?.startsWith(`${place} `) === true;
    const follows = isSame(problems[index - 1]);
    if (!follows && !isSame(problems[index + 1])) return [problem];
    const rest = problem.slice(place.length + 1);
    return follows ? [rest] : [place, rest];
  });

/** What counts of the settings whose usual value the settings do not know. */
export interface InForce {
  /** The name of a theme, or its file. */
  readonly theme: string;
  readonly editor: string;
  /** Minutes; 0 for never. */
  readonly lockAfter: number;
}

/** What `/config` shows: what is wrong, then what counts. */
export const configRows = (
  file: string,
  problems: readonly string[],
  settings: Settings,
  inForce: InForce,
): readonly (readonly [string, string])[] => {
  const { keys, ...rest } = { ...settings, ...inForce };
  return [
    ['', problems.length === 0 ? `${file}: no mistakes.` : 'What is wrong does not count:'],
    ...problemLines(problems).map((line) => ['', line] as const),
    ['', ''],
    ['', `What counts, where the command line does not say it (${file}):`],
    ...Object.entries(rest).map(
      ([name, value]) => [name, value === null ? 'not set' : String(value)] as const,
    ),
    ['keys', Object.keys(keys).join(', ') || 'as they come; /keys lists them'],
  ];
};
