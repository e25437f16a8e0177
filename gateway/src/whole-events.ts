import { STREAM_EVENT_MAX } from '@secure-chat/wire/limits';

/** Cuts a stream that a relay wrote, with LF as its line ends, behind its events. */
export interface WholeEvents {
  /** The events that are whole with this chunk, maybe none; null when one is larger than any may be. */
  push(chunk: Buffer): Buffer | null;
}

/** Bytes of an unfinished event: those of the longest, if every character of it takes the most. */
const REST_MAX = 3 * STREAM_EVENT_MAX;

export function createWholeEvents(): WholeEvents {
  let rest: Buffer | null = null;
  return {
    push(chunk) {
      const bytes: Buffer = rest ? Buffer.concat([rest, chunk]) : chunk;
      const end = bytes.lastIndexOf('\n\n') + 2;
      const whole = end >= 2 ? bytes.subarray(0, end) : bytes.subarray(0, 0);
      // A copy: the rest of a chunk would keep all of it alive.
      rest = whole.length === bytes.length ? null : Buffer.from(bytes.subarray(whole.length));
      return rest && rest.length > REST_MAX ? null : whole;
    },
  };
}
