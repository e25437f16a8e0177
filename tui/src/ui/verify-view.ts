import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { drawText, fillRow, type Grid } from '../terminal/cells.ts';
import { wrap } from '../terminal/wrap.ts';
import type { Role } from '../theme/roles.ts';
import { type Area, drawCut } from './area.ts';
import { drawQrRow, type Qr, qrOf } from './qr.ts';
import type { Protection, SafetyNumber, Verification } from './state.ts';

interface Row {
  readonly text: string;
  readonly role?: Role;
  /** A row of the code, as a picture. */
  readonly qr?: boolean;
}

/** Cells between the numbers and the code beside them. */
const GAP = 2;
/** Cells of the numbers' column that keep the code beside them: a row of digits, with some air. */
const TEXT_MIN = 26;
/** One cell of air at the left. */
const LEFT = 1;

/** 60 digits as three rows of four groups of five. */
export const digitRows = (digits: string): string[] => {
  const groups = digits.match(/.{1,5}/gs) ?? [];
  return Array.from({ length: Math.ceil(groups.length / 4) }, (_, row) =>
    groups.slice(row * 4, row * 4 + 4).join(' '),
  );
};

const ADVICE: Record<Protection, (contact: string) => string> = {
  unknown: (contact) => ADVICE.unverified(contact),
  unverified: (contact) =>
    `Compare this with ${contact} face to face or on the phone: digits, words or code. Press v when all of it is the same.`,
  verified: (contact) =>
    `You have verified ${contact}. Should the numbers differ, press v twice to take that back, and write nothing secret.`,
  changed: (contact) =>
    `The key of ${contact} has changed: nothing is sent until you accept it. Compare the new number with ${contact}, then press a twice.`,
  legacy: (contact) => `${contact} has no key that could be verified.`,
};

const textRows = (number: SafetyNumber, contact: string, protection: Protection, width: number): Row[] => {
  const paragraph = (text: string, role: Role = 'text'): Row[] =>
    wrap(sanitise(text), width).map((row) => ({ text: row, role }));
  const digits = (text: string, role: Role): Row[] => digitRows(text).map((row) => ({ text: row, role }));
  const { before } = number;
  return [
    ...(before === null ? [{ text: '' }] : [{ text: 'New number', role: 'changed' as const }]),
    ...digits(number.digits, 'strong'),
    { text: '' },
    ...paragraph(number.words.join(' ')),
    { text: '' },
    ...(before === null ? [] : [{ text: 'Old number' }, ...digits(before, 'faint'), { text: '' }]),
    ...paragraph(ADVICE[protection](contact), protection === 'changed' ? 'changed' : 'text'),
  ];
};

/** The code stands beside the numbers, else below them, else a row says what it needs. */
const layout = (number: SafetyNumber, contact: string, protection: Protection, area: Area) => {
  const qr = qrOf(number.digits);
  const beside = area.width - LEFT - GAP - qr.width >= TEXT_MIN && area.height > qr.rows.length;
  const width = area.width - LEFT - 1 - (beside ? GAP + qr.width - 1 : 0);
  const rows = textRows(number, contact, protection, width);
  return { rows: beside ? rows : [...rows, { text: '' }, ...codeRows(qr, area)], qr: beside ? qr : null };
};

const codeRows = (qr: Qr, { width, height }: Area): Row[] =>
  width - LEFT >= qr.width && height > qr.rows.length
    ? qr.rows.map((text) => ({ text, qr: true }))
    : [{ text: 'Enlarge the window to see a QR code.', role: 'faint' }];

const rowsOf = ({ number, contact }: Verification, protection: Protection, area: Area) =>
  number
    ? layout(number, contact, protection, area)
    : { rows: [{ text: '' }, { text: `Asking for the key of ${contact} ...` }], qr: null };

/** The offset nearest to the wanted one at which the rows still fill the area. */
export const verifyOffset = (
  verification: Verification,
  protection: Protection,
  area: Area,
  wanted: number,
): number => {
  const { rows } = rowsOf(verification, protection, area);
  return Math.max(0, Math.min(wanted, rows.length - (area.height - 1)));
};

/** Draws the safety number over the area, from a row on; a code beside it stays. */
export const drawVerify = (
  grid: Grid,
  area: Area,
  verification: Verification,
  protection: Protection,
  wanted: number,
): void => {
  const { rows, qr } = rowsOf(verification, protection, area);
  const offset = verifyOffset(verification, protection, area, wanted);
  const height = area.height - 1;
  const more = rows.length > height ? ' (PgUp/PgDn scroll)' : '';
  fillRow(grid, area.x, area.y, area.width, 'bar');
  drawCut(
    grid,
    area.x + LEFT,
    area.y,
    `Safety number with ${verification.contact}${more}`,
    area.width - LEFT,
    'bar',
  );
  for (const [index, { text, role, qr: code }] of rows.slice(offset, offset + height).entries()) {
    const y = area.y + 1 + index;
    if (code === true) drawQrRow(grid, area.x + LEFT, y, text);
    else drawText(grid, area.x + LEFT, y, text, role);
  }
  if (!qr) return;
  for (const [index, row] of qr.rows.entries())
    drawQrRow(grid, area.x + area.width - qr.width, area.y + 1 + index, row);
};
