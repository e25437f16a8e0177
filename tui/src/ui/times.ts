/** How instants (milliseconds since 1970) are written. */
export interface Times {
  /** `09:05` */
  clock(at: number): string;
  /** As short as it can be said at `now`: `09:05` of today, `Mon` of the last days, `3 Mar` of this year, `2024`. */
  brief(at: number, now: number): string;
  /** `2025-03-04 10:01` */
  stamp(at: number): string;
  /** `Tuesday 4 March 2025`: equal for two instants of one day. */
  day(at: number): string;
}

/** Within six days a weekday is the last of its name. */
const WEEKDAYS_MS = 6 * 86_400_000;

/** In the time zone of the machine unless another is named. */
export const createTimes = (timeZone?: string): Times => {
  const zone = timeZone === undefined ? {} : { timeZone };
  const clock = new Intl.DateTimeFormat('en-GB', { ...zone, hour: '2-digit', minute: '2-digit' });
  const day = new Intl.DateTimeFormat('en-GB', {
    ...zone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  });
  const weekday = new Intl.DateTimeFormat('en-GB', { ...zone, weekday: 'short' });
  const date = new Intl.DateTimeFormat('en-GB', { ...zone, day: 'numeric', month: 'short' });
  const year = new Intl.DateTimeFormat('en-GB', { ...zone, year: 'numeric' });
  // Of all locales Sweden's is the one that writes dates as ISO 8601 does.
  const stamp = new Intl.DateTimeFormat('sv-SE', { ...zone, dateStyle: 'short', timeStyle: 'short' });
  /** A date that JavaScript cannot hold (its bound is 8.64e15 ms) would throw. */
  const sure = (at: number): number => (Math.abs(at) <= 8.64e15 ? at : 0);
  const brief = (at: number, now: number): string => {
    if (day.format(at) === day.format(now)) return clock.format(at);
    if (at < now && now - at < WEEKDAYS_MS) return weekday.format(at);
    return year.format(at) === year.format(now) ? date.format(at) : year.format(at);
  };
  return {
    clock: (at) => clock.format(sure(at)),
    brief: (at, now) => brief(sure(at), sure(now)),
    stamp: (at) => stamp.format(sure(at)),
    day: (at) => day.format(sure(at)).replace(',', ''),
  };
};
