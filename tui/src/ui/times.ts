/** How instants (milliseconds since 1970) are written. */
export interface Times {
  /** `09:05` */
  clock(at: number): string;
  /** `2025-03-04 10:01` */
  stamp(at: number): string;
  /** `Tuesday 4 March 2025`: equal for two instants of one day. */
  day(at: number): string;
}

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
  // Of all locales Sweden's is the one that writes dates as ISO 8601 does.
  const stamp = new Intl.DateTimeFormat('sv-SE', { ...zone, dateStyle: 'short', timeStyle: 'short' });
  /** A date that JavaScript cannot hold (its bound is 8.64e15 ms) would throw. */
  const sure = (at: number): number => (Math.abs(at) <= 8.64e15 ? at : 0);
  return {
    clock: (at) => clock.format(sure(at)),
    stamp: (at) => stamp.format(sure(at)),
    day: (at) => day.format(sure(at)).replace(',', ''),
  };
};
