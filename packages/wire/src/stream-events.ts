import { Type } from 'typebox';
import { Place } from './api.ts';
import { encodeEvent } from './event-stream.ts';
import { EPHEMERAL_MAX } from './limits.ts';
import { Username } from './username.ts';

/** The events of `GET /chat/stream`: one definition for what is written, what is read, and what OpenAPI says. */

/** Why the server ends a stream (docs/protocol.md, "The stream"). */
export const ByeReason = Type.Enum(['drain', 'session_over', 'replaced', 'silent', 'slow', 'unavailable']);
export type ByeReason = Type.Static<typeof ByeReason>;

/** What stands in an event's `data`, by the event's name. Members may be added. */
export const STREAM_EVENTS = {
  message: Type.Object({ sender: Username, message: Type.String(), ...Place }),
  key: Type.Object({ sender: Username, encrypted_key: Type.String(), ...Place }),
  live: Type.Object({}, { description: 'All that waited at the opening has come.' }),
  presence: Type.Object({ username: Username, online: Type.Boolean() }),
  ephemeral: Type.Object({
    sender: Username,
    body: Type.String({ maxLength: EPHEMERAL_MAX }),
    timestamp: Type.String({ format: 'date-time' }),
  }),
  bye: Type.Object({
    reason: ByeReason,
    retry_ms: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Milliseconds to wait before the next stream.',
    }),
  }),
} as const;

export type StreamEventName = keyof typeof STREAM_EVENTS;
export type StreamEventData<Name extends StreamEventName> = Type.Static<(typeof STREAM_EVENTS)[Name]>;

export const isStreamEventName = (name: string): name is StreamEventName =>
  Object.hasOwn(STREAM_EVENTS, name);

/** `id`: the cursor that covers everything up to this event (`encodeCursor`); for `message`, `key` and `live`. */
export const encodeStreamEvent = <Name extends StreamEventName>(
  name: Name,
  data: StreamEventData<Name>,
  id?: string,
): string => encodeEvent(name, data, id);
