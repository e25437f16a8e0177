import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { wrap } from '../terminal/wrap.ts';
import type { Role } from '../theme/roles.ts';
import { type Row, type RowContext, TIME_CELLS } from './row.ts';
import type { Message } from './state.ts';

/**
 * What begins a remark. Its text begins where other rows have a name, which is bold, and nothing that others write gets
 * there: a message stays in the columns of its text.
 */
const REMARK_MARK = '— ';

/** What nobody wrote: one paragraph, in one role from end to end. */
const remarkRows = (clock: string, text: string, role: Role, width: number): Row[] => {
  const x = TIME_CELLS + REMARK_MARK.length;
  return wrap(sanitise(text), width - x).map((line, index) => ({
    parts:
      index > 0
        ? [{ x, text: line, role }]
        : [
            { x: 0, text: clock, role },
            { x: TIME_CELLS, text: `${REMARK_MARK}${line}`, role },
          ],
  }));
};

export const noteRows = ({ at, text }: Message, { times, width }: RowContext): Row[] =>
  remarkRows(times.clock(at), text, 'remark', width);

const missingText = (missing: readonly Message[], contact: string): string => {
  const total = missing.reduce((sum, { count }) => sum + count, 0);
  if (total === 1) return `One message is missing: ${contact}'s client was asked for it.`;
  const asked = missing.filter(({ count }) => count === 1).length;
  const which = asked === total ? 'them' : `the last ${asked.toLocaleString('en')} of them`;
  const done =
    asked === 0 ? `too many to ask ${contact}'s client for` : `${contact}'s client was asked for ${which}`;
  return `${total.toLocaleString('en')} messages are missing: ${done}.`;
};

/** One remark on all messages that are missing at one place. When they were written nobody here knows. */
export const missingRows = (missing: readonly Message[], { contact, width }: RowContext): Row[] =>
  remarkRows('', missingText(missing, contact), 'missing', width);
