import { fillRow, type Grid } from '../terminal/cells.ts';
import type { KeyEvent } from '../terminal/key-events.ts';
import type { Position } from '../terminal/terminal.ts';
import { type Area, drawCut, drawWrapped } from './area.ts';
import { drawFormField, editField, FORM_CELLS_MAX } from './form-field.ts';
import { EMPTY_LINE, type Line } from './line-editor.ts';
import { isKey, type Overlay } from './overlay.ts';

const FIELDS = ['current', 'next', 'repeat'] as const;
type FieldName = (typeof FIELDS)[number];

const LABELS: Record<FieldName, string> = { current: 'Current', next: 'New', repeat: 'Repeat' };

const MISSING: Record<FieldName, string> = {
  current: 'Type the current password.',
  next: 'Type a new password.',
  repeat: 'Type the new password again.',
};

const ADVICE =
  'Other sessions end. A file that you exported before opens with the password of that time, but signs in no more.';

export interface PasswordOptions {
  /** Null, or a sentence that says what to choose. */
  readonly check: (password: string) => string | null;
  /** Null, or a sentence: then the form stays. */
  readonly onSubmit: (current: string, next: string) => string | null;
  readonly onClose: () => void;
  /** Shows what is wrong, a sentence; null: nothing any more. */
  readonly tell: (problem: string | null) => void;
}

/** The form for another password: three fields of dots. What was typed goes when it closes, and is kept nowhere else. */
export const createPasswordOverlay = ({ check, onSubmit, onClose, tell }: PasswordOptions): Overlay => {
  let focus: FieldName = 'current';
  let lines: Readonly<Record<FieldName, Line>> = {
    current: EMPTY_LINE,
    next: EMPTY_LINE,
    repeat: EMPTY_LINE,
  };

  const move = (step: -1 | 1): void => {
    focus = FIELDS[(FIELDS.indexOf(focus) + step + FIELDS.length) % FIELDS.length] ?? 'current';
  };

  const wrongIn = (field: FieldName): string | null => {
    const { text } = lines[field];
    if (text === '') return MISSING[field];
    if (field === 'next') return check(text);
    return field === 'current' || text === lines.next.text
      ? null
      : 'The two new passwords differ: type the same one twice.';
  };

  const submit = (): void => {
    const wrong = FIELDS.find((field) => wrongIn(field) !== null);
    if (wrong !== undefined) {
      focus = wrong;
      tell(wrongIn(wrong));
      return;
    }
    const refusal = onSubmit(lines.current.text, lines.next.text);
    if (refusal === null) onClose();
    else tell(refusal);
  };

  const enter = (): void => {
    const problem = wrongIn(focus);
    tell(problem);
    if (problem !== null) return;
    if (focus === FIELDS.at(-1)) submit();
    else move(1);
  };

  const key = (event: KeyEvent): void => {
    const shift = event.kind === 'key' && event.shift;
    if (isKey(event, 'escape')) onClose();
    else if (isKey(event, 'enter')) enter();
    else if (isKey(event, 'tab')) move(shift ? -1 : 1);
    else if (isKey(event, 'down')) move(1);
    else if (isKey(event, 'up')) move(-1);
    else lines = { ...lines, [focus]: editField(lines[focus], event) ?? lines[focus] };
  };

  const draw = (grid: Grid, area: Area): Position | null => {
    fillRow(grid, area.x, area.y, area.width, 'bar');
    drawCut(grid, area.x + 1, area.y, 'Change the password', area.width - 1, 'bar');
    // The smallest window has room for three fields beside the longest notice.
    const x = area.x + 1;
    const width = Math.min(area.width - 2, FORM_CELLS_MAX);
    let cursor: Position | null = null;
    for (const [index, field] of FIELDS.entries()) {
      const y = area.y + 1 + index;
      const focused = field === focus;
      const state = { label: LABELS[field], line: lines[field], focused, masked: true };
      const column = drawFormField(grid, x, y, width, state);
      if (focused) cursor = { x: column, y };
    }
    const says = { x, y: area.y + 1 + FIELDS.length, width, height: area.height - 1 - FIELDS.length };
    drawWrapped(grid, says, ADVICE, 'faint');
    return cursor;
  };

  return { key, draw, keys: () => 'Enter go on · Tab next field · Esc cancel' };
};
