import type { KeyEvent } from '../terminal/key-events.ts';
import { keyNameOf } from './key-names.ts';
import { type ActionName, type Bindings, KEY_TABLE, type KeyMode } from './key-table.ts';

/** Which action a key means. */
export interface Keymap {
  /**
   * In the first of the modes that knows the key. `pending`: it begins what may go on; null: it means nothing, nor does what
   * it was to go on from.
   */
  press(modes: readonly KeyMode[], event: KeyEvent): ActionName | 'pending' | null;
}

export const createKeymap = (bindings: Bindings): Keymap => {
  const rows = KEY_TABLE.flatMap(({ mode, name }) => bindings[name].map((keys) => ({ mode, name, keys })));
  let pressed = '';

  const find = (modes: readonly KeyMode[], keys: string): ActionName | 'pending' | null => {
    for (const mode of modes) {
      const own = rows.filter((row) => row.mode === mode);
      const exact = own.find((row) => row.keys === keys);
      if (exact) return exact.name;
      if (own.some((row) => row.keys.startsWith(`${keys} `))) return 'pending';
    }
    return null;
  };

  return {
    press: (modes, event) => {
      const key = keyNameOf(event);
      const before = pressed;
      pressed = '';
      if (key === null) return null;
      const found = (before === '' ? null : find(modes, `${before} ${key}`)) ?? find(modes, key);
      if (found === 'pending')
        pressed = before !== '' && find(modes, `${before} ${key}`) ? `${before} ${key}` : key;
      return found;
    },
  };
};
