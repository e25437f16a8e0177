import type { KeyEvent } from '../terminal/key-events.ts';
import { nearTo } from './near.ts';

/** Keys by name: `ctrl-k`, `alt-enter`, `shift-up`, `f1`, `g`, `G`; several after each other: `ctrl-x ctrl-e`. */

const NAMED = [
  'up',
  'down',
  'left',
  'right',
  'home',
  'end',
  'page-up',
  'page-down',
  'insert',
  'delete',
  'backspace',
  'tab',
  'enter',
  'escape',
  'space',
  ...Array.from({ length: 12 }, (_, index) => `f${index + 1}`),
];

/** What a terminal sends for them is another key. */
const SENT_AS: Readonly<Record<string, string>> = {
  'ctrl-i': 'tab',
  'ctrl-m': 'enter',
  'ctrl-[': 'escape',
  'ctrl-h': 'backspace',
};

/** Keys after each other: more, and nobody remembers them. */
const STROKES_MAX = 3;

/** The name of what the keyboard said; null for a paste. */
export const keyNameOf = (event: KeyEvent): string | null => {
  if (event.kind === 'paste') return null;
  if (event.kind === 'text') return event.text === ' ' ? 'space' : event.text;
  const held = [event.ctrl && 'ctrl-', event.alt && 'alt-', event.shift && 'shift-'];
  return held.filter(Boolean).join('') + event.name;
};

/** Does it type a character? */
export const isTyped = (key: string): boolean => key === 'space' || Array.from(key).length === 1;

type Parsed = { readonly keys: string } | { readonly problem: string };

const strokeOf = (typed: string): Parsed => {
  let rest = typed;
  const held = new Set<string>();
  for (
    let found = /^(ctrl|alt|shift)-(?=.)/i.exec(rest);
    found;
    found = /^(ctrl|alt|shift)-(?=.)/i.exec(rest)
  ) {
    held.add(found[1]?.toLowerCase() ?? '');
    rest = rest.slice(found[0].length);
  }
  const single = Array.from(rest).length === 1;
  const named = NAMED.includes(rest.toLowerCase());
  if (!single && !named) {
    const [near] = nearTo(rest.toLowerCase(), NAMED);
    const advice =
      near === undefined ? 'Keys are named ctrl-k, alt-enter, shift-up, f1 or g.' : `Did you mean ${near}?`;
    return { problem: `there is no key ${JSON.stringify(typed.slice(0, 40))}. ${advice}` };
  }
  // Shift alone makes another character of one; with Ctrl or Alt it is held.
  const shifted = single && held.size === 1 && held.has('shift');
  if (shifted) return { keys: rest.toUpperCase() };
  const name = single && held.size === 0 ? rest : rest.toLowerCase();
  const key =
    ['ctrl', 'alt', 'shift'].flatMap((each) => (held.has(each) ? [`${each}-`] : [])).join('') + name;
  const sent = SENT_AS[key];
  return sent === undefined
    ? { keys: key }
    : { problem: `terminals send ${sent} for ${key}. Use ${sent}, or another key.` };
};

/** The keys that a text names, as `keyNameOf` names them, with one blank between two; or what is wrong, a sentence. */
export const parseKeys = (text: string): Parsed => {
  const strokes = text.trim().split(/\s+/).map(strokeOf);
  const wrong = strokes.find((stroke) => 'problem' in stroke);
  if (wrong && 'problem' in wrong) return wrong;
  if (strokes.length > STROKES_MAX)
    return { problem: `at most ${STROKES_MAX} keys may come after each other.` };
  return { keys: strokes.flatMap((stroke) => ('keys' in stroke ? [stroke.keys] : [])).join(' ') };
};
