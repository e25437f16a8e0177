import { fillRow, type Grid } from '../terminal/cells.ts';
import type { KeyEvent } from '../terminal/key-events.ts';
import type { Position } from '../terminal/terminal.ts';
import { type Area, drawCut, drawWrapped } from './area.ts';
import { drawFormField, editField, FORM_CELLS_MAX } from './form-field.ts';
import { EMPTY_LINE, type Line } from './line-editor.ts';
import { isKey, type Overlay } from './overlay.ts';

/** What is typed in the field of this name. */
export type TextOf<Name extends string> = (name: Name) => string;

export interface OverlayField<Name extends string> {
  readonly name: Name;
  readonly label: string;
  /** Drawn as dots. */
  readonly masked: boolean;
}

export interface FormOverlayOptions<Name extends string> {
  readonly title: string;
  /** Said below the fields. */
  readonly advice: string;
  /** In their order, one at least. */
  readonly fields: readonly [OverlayField<Name>, ...OverlayField<Name>[]];
  /** What is wrong with what a field holds, a sentence; null when nothing is. */
  readonly wrongIn: (name: Name, textOf: TextOf<Name>) => string | null;
  /** Null when it is begun, and answered later; or a sentence: then all stays as it is. */
  readonly onSubmit: (textOf: TextOf<Name>) => string | null;
  readonly onClose: () => void;
  /** Shows what is wrong, a sentence; null: nothing any more. */
  readonly tell: (problem: string | null) => void;
}

/**
 * A form over the conversation. What was typed goes when it closes, and is kept nowhere else. It stays until what it asked for
 * is done: who types a password once more must not type it into the conversation.
 */
export const createFormOverlay = <Name extends string>({
  title,
  advice,
  fields,
  wrongIn,
  onSubmit,
  onClose,
  tell,
}: FormOverlayOptions<Name>): Overlay => {
  let focus = fields[0];
  /** Submitted, and not answered. */
  let waits = false;
  const lines = new Map<Name, Line>();
  const lineIn = (name: Name): Line => lines.get(name) ?? EMPTY_LINE;
  const textOf = (name: Name): string => lineIn(name).text;

  const move = (step: -1 | 1): void => {
    focus = fields[(fields.indexOf(focus) + step + fields.length) % fields.length] ?? fields[0];
  };

  const forgetPasswords = (): void => {
    for (const { name, masked } of fields) if (masked) lines.delete(name);
  };

  const submit = (): void => {
    const wrong = fields.find(({ name }) => wrongIn(name, textOf) !== null);
    if (wrong) {
      focus = wrong;
      tell(wrongIn(wrong.name, textOf));
      if (!wrong.masked) forgetPasswords();
      return;
    }
    const refusal = onSubmit(textOf);
    if (refusal === null) waits = true;
    else tell(refusal);
  };

  const enter = (): void => {
    // Of a field in clear it is said at the end: a password that is typed blind behind it must not stand there.
    const problem = focus.masked ? wrongIn(focus.name, textOf) : null;
    tell(problem);
    if (problem !== null) return;
    if (focus === fields.at(-1)) submit();
    else move(1);
  };

  const key = (event: KeyEvent): void => {
    const shift = event.kind === 'key' && event.shift;
    if (isKey(event, 'escape')) onClose();
    else if (waits) return;
    else if (isKey(event, 'enter')) enter();
    else if (isKey(event, 'tab')) move(shift ? -1 : 1);
    else if (isKey(event, 'down')) move(1);
    else if (isKey(event, 'up')) move(-1);
    else lines.set(focus.name, editField(lineIn(focus.name), event) ?? lineIn(focus.name));
  };

  const draw = (grid: Grid, area: Area): Position | null => {
    fillRow(grid, area.x, area.y, area.width, 'bar');
    drawCut(grid, area.x + 1, area.y, title, area.width - 1, 'bar');
    // The smallest window has room for three fields beside the longest notice.
    const x = area.x + 1;
    const width = Math.min(area.width - 2, FORM_CELLS_MAX);
    let cursor: Position | null = null;
    for (const [index, field] of fields.entries()) {
      const y = area.y + 1 + index;
      const focused = field === focus;
      const { label, masked } = field;
      const column = drawFormField(grid, x, y, width, { label, line: lineIn(field.name), focused, masked });
      if (focused) cursor = { x: column, y };
    }
    const says = { x, y: area.y + 1 + fields.length, width, height: area.height - 1 - fields.length };
    drawWrapped(grid, says, advice, 'faint');
    return cursor;
  };

  return {
    key,
    draw,
    answered: (isDone) => {
      if (!waits) return;
      waits = false;
      if (isDone) {
        onClose();
        return;
      }
      forgetPasswords();
      focus = fields.find(({ masked }) => masked) ?? fields[0];
    },
    keys: () => (waits ? 'Esc close' : 'Enter go on · Tab next field · Esc cancel'),
  };
};
