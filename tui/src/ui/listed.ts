import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { truncate } from '../terminal/width.ts';
import { wrap } from '../terminal/wrap.ts';
import type { Area } from './area.ts';

/** A line that says of what the following ones are. */
const isHeading = (line: string): boolean => line.endsWith(':');

/** The lines of a text in the rows that there are: whole where they fit, else one row each, and how many more `where` has. */
export const listedRows = (
  text: string,
  { width, height }: Pick<Area, 'width' | 'height'>,
  where: string,
): readonly string[] => {
  const whole = wrap(sanitise(text, { multiline: true }), width);
  const lines = text.split('\n');
  if (whole.length <= height || lines.length === 1) return whole.slice(0, height);
  const rows = lines.map((line) => truncate(sanitise(line), width));
  if (rows.length <= height) return rows;
  const shown = Math.max(0, height - 1);
  const more = lines.slice(shown).filter((line) => !isHeading(line)).length;
  return [...rows.slice(0, shown), truncate(`And ${more} more: ${where}`, width)];
};
