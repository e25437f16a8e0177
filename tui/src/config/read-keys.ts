import { conflictsIn } from '../keys/conflicts.ts';
import { parseKeys } from '../keys/key-names.ts';
import { type ActionName, type Bindings, bindingsWith, isAction, KEY_TABLE } from '../keys/key-table.ts';
import { nearTo } from '../keys/near.ts';
import { quoted } from './quoted.ts';

/** Keys of one action: more are a mistake. */
const KEYS_MAX = 8;

type Tell = (path: string, sentence: string) => void;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The keys of one action; null when something is wrong with them. */
const keysOf = (name: string, value: unknown, tell: Tell): readonly string[] | null => {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const path = `keys.${name}`;
  if (list.length > KEYS_MAX || !list.every((each) => typeof each === 'string')) {
    tell(path, `is ${quoted(value)}: it must be a key such as "ctrl-k", or a list of up to ${KEYS_MAX}.`);
    return null;
  }
  const parsed = list.map((each) => parseKeys(String(each)));
  for (const each of parsed) if ('problem' in each) tell(path, each.problem);
  return parsed.every((each) => 'keys' in each)
    ? parsed.flatMap((each) => ('keys' in each ? [each.keys] : []))
    : null;
};

/** Gives actions back the keys of the table until no two have the same one. */
const withoutConflicts = (given: Partial<Bindings>, tell: Tell): Partial<Bindings> => {
  for (const { action, keys, other } of conflictsIn(bindingsWith(given))) {
    const mine = given[action] === undefined ? other : action;
    if (mine === null || given[mine] === undefined) continue;
    const theirs = mine === action ? other : action;
    tell(
      `keys.${mine}`,
      theirs === null
        ? `${keys} types a character there: hold ctrl or alt, or use a function key.`
        : `${keys} clashes with ${theirs}: give that one another key.`,
    );
    const { [mine]: _dropped, ...rest } = given;
    return withoutConflicts(rest, tell);
  }
  return given;
};

/** The keys that a person has set. What is wrong is told, with its path, and stays as it is in the table. */
export const readKeys = (value: unknown, tell: Tell): Partial<Bindings> => {
  if (!isRecord(value)) {
    tell(
      'keys',
      `is ${quoted(value)}: it must be an object of actions and their keys, such as { "switch": "ctrl-t" }.`,
    );
    return {};
  }
  const given: { [action in ActionName]?: readonly string[] } = {};
  for (const [name, keys] of Object.entries(value)) {
    if (isAction(name)) {
      const read = keysOf(name, keys, tell);
      if (read) given[name] = read;
      continue;
    }
    const [near] = nearTo(
      name,
      KEY_TABLE.map((each) => each.name),
    );
    tell(
      `keys.${name.slice(0, 40)}`,
      `there is no such action${near === undefined ? '; /keys lists them' : `: did you mean ${JSON.stringify(near)}`}${near === undefined ? '.' : '?'}`,
    );
  }
  return withoutConflicts(given, tell);
};
