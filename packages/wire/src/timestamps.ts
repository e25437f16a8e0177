/** ISO 8601 with an offset; seconds are required, fractions of 1 to 9 digits allowed. Naive times are not. */
const ISO_WITH_OFFSET =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** Milliseconds since the epoch, or null for anything that is not an ISO 8601 time with an offset. */
export function parseTimestamp(text: string): number | null {
  const parts = ISO_WITH_OFFSET.exec(text);
  if (!parts) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const exists =
    local.getUTCFullYear() === year &&
    local.getUTCMonth() === month - 1 &&
    local.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!exists) return null;
  const offsetMinutes = Number(parts[9] ?? 0) * 60 + Number(parts[10] ?? 0);
  if (offsetMinutes > 14 * 60 || Number(parts[10] ?? 0) > 59) return null;
  const offset = offsetMinutes * 60_000 * (parts[8] === '-' ? -1 : 1);
  const millis = Math.floor(Number(`0.${parts[7] ?? 0}`) * 1000);
  return local.getTime() - offset + millis;
}

/** `2026-01-04T10:30:00.123000+00:00`: the form that v1 clients send and that every ISO parser reads. */
export const formatTimestamp = (millis: number): string =>
  new Date(millis).toISOString().replace('Z', '000+00:00');
