import type { Settings } from '../config/settings.ts';

/** How many are told at once, before a person asks for all. */
const TOLD_MAX = 2;

/** The first of what is wrong with the settings, and where the rest is. */
export const firstProblems = (problems: readonly string[]): string => {
  const more = problems.length - TOLD_MAX;
  const rest = more > 0 ? [`And ${more} more: /config shows them all, once you are in.`] : [];
  return [...problems.slice(0, TOLD_MAX), ...rest].join('\n');
};

/** What `/config` shows: what is wrong, then what counts. */
export const configRows = (
  file: string,
  problems: readonly string[],
  settings: Settings,
): readonly (readonly [string, string])[] => {
  const { keys, ...rest } = settings;
  return [
    ['', problems.length === 0 ? `${file}: no mistakes.` : 'What is wrong does not count:'],
    ...problems.map((problem) => ['', problem] as const),
    ['', ''],
    ['', `What counts, where the command line does not say it (${file}):`],
    ...Object.entries(rest).map(
      ([name, value]) => [name, value === null ? 'not set' : String(value)] as const,
    ),
    ['keys', Object.keys(keys).join(', ') || 'as they come; /keys lists them'],
  ];
};
