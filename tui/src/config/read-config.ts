import { nearTo } from '../keys/near.ts';
import { linesOfKeys, placeOfMistake } from './places.ts';
import { quoted } from './quoted.ts';
import { readKeys } from './read-keys.ts';
import { DEFAULTS, RULES, type Settings } from './settings.ts';

/** What is set, and all that is wrong, a sentence each with its place: what is wrong is as if it were not there. */
export interface Config {
  readonly settings: Settings;
  readonly problems: readonly string[];
}

/** Sentences at most: a file of something else has thousands of mistakes. */
export const PROBLEMS_MAX = 50;

const NAMES = [...Object.keys(RULES), 'keys'];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of one setting, the value if it is right. */
const settingOf = <Name extends keyof typeof RULES>(
  name: Name,
  value: unknown,
  tell: (path: string, sentence: string) => void,
): Settings[Name] => {
  if (value === undefined) return DEFAULTS[name];
  const { is, rule } = RULES[name];
  if (is(value)) return value;
  tell(name, `is ${quoted(value)}: it must be ${rule}.`);
  return DEFAULTS[name];
};

const nothing = (problem: string): Config => ({ settings: DEFAULTS, problems: [problem] });

/** The settings in the text of a configuration file. Never throws. */
export const readConfig = (text: string): Config => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    return nothing(
      `it stops being JSON at ${placeOfMistake(text, message)}: nothing in it counts. JSON has no comments.`,
    );
  }
  if (!isRecord(value)) return nothing('it must be an object, such as { "theme": "light" }.');
  const told: { readonly line: number; readonly problem: string }[] = [];
  const lines = linesOfKeys(text);
  const tell = (path: string, sentence: string): void => {
    const line = lines.get(path);
    const place = line === undefined ? path : `line ${line}, ${path}`;
    told.push({ line: line ?? 0, problem: `${place}${sentence.startsWith('is ') ? '' : ':'} ${sentence}` });
  };
  for (const name of Object.keys(value)) {
    if (NAMES.includes(name)) continue;
    const [near] = nearTo(name, NAMES);
    tell(
      name,
      near === undefined
        ? `is no setting: there are ${NAMES.join(', ')}.`
        : `is no setting: did you mean ${JSON.stringify(near)}?`,
    );
  }
  const setting = <Name extends keyof typeof RULES>(name: Name): Settings[Name] =>
    settingOf(name, value[name], tell);
  const settings: Settings = {
    server: setting('server'),
    ca: setting('ca'),
    username: setting('username'),
    theme: setting('theme'),
    ascii: setting('ascii'),
    vim: setting('vim'),
    mouse: setting('mouse'),
    notify: setting('notify'),
    requests: setting('requests'),
    title: setting('title'),
    editor: setting('editor'),
    lockAfter: setting('lockAfter'),
    keys: value.keys === undefined ? {} : readKeys(value.keys, tell),
  };
  const problems = told.sort((one, other) => one.line - other.line).map(({ problem }) => problem);
  const more = problems.length - PROBLEMS_MAX;
  return {
    settings,
    problems: more > 0 ? [...problems.slice(0, PROBLEMS_MAX), `And ${more} more mistakes.`] : problems,
  };
};
