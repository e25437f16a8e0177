import { isTyped } from './key-names.ts';
import { type ActionName, type Bindings, KEY_TABLE, type KeyMode } from './key-table.ts';

/** Two actions that cannot have their keys both. */
export interface Conflict {
  readonly action: ActionName;
  readonly keys: string;
  /** What has the key already; null: the key types a character where the action would be. */
  readonly other: ActionName | null;
}

/** Where both count at once; other modes are there to take keys from what is below. */
const together = (one: KeyMode, other: KeyMode): boolean =>
  one === other || one === 'always' || other === 'always';

/** Where characters are typed. */
const TYPED: readonly KeyMode[] = ['always', 'chat', 'insert', 'list'];

/** Are they the same, or does one begin the other? */
const clash = (one: string, other: string): boolean =>
  one === other || one.startsWith(`${other} `) || other.startsWith(`${one} `);

/** All conflicts, of each pair one: of the action that comes later in the table. */
export const conflictsIn = (bindings: Bindings): readonly Conflict[] => {
  const rows = KEY_TABLE.flatMap(({ mode, name }) => bindings[name].map((keys) => ({ mode, name, keys })));
  return rows.flatMap(({ mode, name, keys }, index): Conflict[] => {
    if (TYPED.includes(mode) && isTyped(keys.split(' ')[0] ?? ''))
      return [{ action: name, keys, other: null }];
    return rows
      .slice(0, index)
      .filter((row) => row.name !== name && together(row.mode, mode) && clash(row.keys, keys))
      .map((row) => ({ action: name, keys, other: row.name }));
  });
};
