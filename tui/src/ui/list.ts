import type { ActionName } from '../keys/key-table.ts';
import type { Area } from './area.ts';

/** Which row of a list is picked after an action; the list's height in rows. Null: the action is none of a list's. */
export const moveInList = (
  action: ActionName,
  at: number,
  { length, height }: { length: number; height: number },
): number | null => {
  const steps = {
    'list-up': -1,
    'list-down': 1,
    'list-page-up': 1 - height,
    'list-page-down': height - 1,
  };
  const step = Object.entries(steps).find(([name]) => name === action)?.[1];
  return step === undefined ? null : Math.max(0, Math.min(length - 1, at + step));
};

/** The row of a list that is drawn in a row of the screen, under one for its title; null for none. */
export const rowOfList = (at: number, y: number, area: Area, length: number): number | null => {
  const height = area.height - 1;
  const row = y - area.y - 1;
  const index = firstShown(at, { length, height }) + row;
  return row < 0 || row >= height || index >= length ? null : index;
};

/** The first row that is shown, so that the picked one is in the window. */
export const firstShown = (at: number, { length, height }: { length: number; height: number }): number =>
  Math.max(0, Math.min(at - Math.floor(height / 2), length - height));
