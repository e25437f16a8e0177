import type { Modifiers } from './key-events.ts';

/** What the mouse did at a cell (from 0): with 1002, moves are told while a button is held. */
export type MouseEvent = {
  readonly kind: 'mouse';
  readonly action: 'press' | 'drag' | 'release' | 'wheel-up' | 'wheel-down';
  readonly button: 'left' | 'middle' | 'right' | 'none';
  readonly x: number;
  readonly y: number;
} & Modifiers;

const BUTTONS = ['left', 'middle', 'right', 'none'] as const;

/** Bits of a report's first number. */
const SHIFT = 4;
const ALT = 8;
const CTRL = 16;
const MOTION = 32;
const WHEEL = 64;
/** Buttons 8 to 11 and what is above: nothing is done with them. */
const FURTHER = 128;

/** Digits of a number in a report: no screen has a cell beyond. */
const REPORT = /^<(\d{1,3});(\d{1,5});(\d{1,5})$/;

const actionOf = (bits: number, final: string): MouseEvent['action'] | null => {
  if ((bits & WHEEL) !== 0) return (bits & 3) === 0 ? 'wheel-up' : (bits & 3) === 1 ? 'wheel-down' : null;
  if (final === 'm') return 'release';
  return (bits & MOTION) === 0 ? 'press' : 'drag';
};

/** What `ESC [ body final` says of the mouse (SGR, mode 1006); null when it is no report, a malformed one or of no use. */
export const mouseOfSequence = (body: string, final: string): MouseEvent | null => {
  const [, first, column, row] = REPORT.exec(body) ?? [];
  if (first === undefined || (final !== 'M' && final !== 'm')) return null;
  const bits = Number(first);
  const x = Number(column) - 1;
  const y = Number(row) - 1;
  const action = actionOf(bits, final);
  if (x < 0 || y < 0 || bits >= FURTHER || action === null) return null;
  return {
    kind: 'mouse',
    action,
    button: action.startsWith('wheel') ? 'none' : (BUTTONS[bits & 3] ?? 'none'),
    x,
    y,
    shift: (bits & SHIFT) !== 0,
    alt: (bits & ALT) !== 0,
    ctrl: (bits & CTRL) !== 0,
  };
};
