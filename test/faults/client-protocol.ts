import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { CLIENT_STEPS } from './steps.ts';

/** What the runner and its client processes say to each other: one JSON value a line. */

const Step = Type.Enum(CLIENT_STEPS);

const Command = Type.Union([
  /** Opens the profile, or makes it with a new account. Reports `opened`. */
  Type.Object({
    do: Type.Literal('open'),
    create: Type.Boolean(),
    server: Type.String(),
    profile: Type.String(),
    username: Type.String(),
    peers: Type.Array(Type.String()),
  }),
  /** Reports `written` once the client has it. */
  Type.Object({ do: Type.Literal('send'), to: Type.String(), text: Type.String() }),
  /** Reports `marking` before it is done. */
  Type.Object({ do: Type.Literal('read'), from: Type.String() }),
  /** To die at the `after`-th time, from now on, that the step is reached. */
  Type.Object({ do: Type.Literal('arm'), step: Step, after: Type.Integer({ minimum: 1 }) }),
  /** Not to die any more. */
  Type.Object({ do: Type.Literal('disarm') }),
  /** Reports `listed`. */
  Type.Object({ do: Type.Literal('list') }),
  /** Closes the profile and reports `closed`: another may be opened. */
  Type.Object({ do: Type.Literal('close') }),
]);
export type Command = Static<typeof Command>;

const ReportedMessage = Type.Object({
  /** Local to the profile, increasing. */
  id: Type.Integer(),
  contact: Type.String(),
  sender: Type.String(),
  text: Type.String(),
  state: Type.String(),
});
export type ReportedMessage = Static<typeof ReportedMessage>;

/** Microseconds of the machine's monotonic clock: what different processes report can be put in order. */
const at = Type.Integer();
const Messages = Type.Array(ReportedMessage);

const Report = Type.Union([
  /** All that the profile holds of the conversations with the peers. */
  Type.Object({ is: Type.Literal('opened'), at, messages: Messages }),
  Type.Object({ is: Type.Literal('written'), at, message: ReportedMessage }),
  /** A message is new, or another than before. */
  Type.Object({ is: Type.Literal('message'), at, message: ReportedMessage }),
  /** Rows of a conversation were deleted: these are left. */
  Type.Object({
    is: Type.Literal('kept'),
    at,
    contact: Type.String(),
    ids: Type.Array(Type.Integer()),
  }),
  Type.Object({ is: Type.Literal('marking'), at, from: Type.String() }),
  Type.Object({ is: Type.Literal('listed'), at, messages: Messages }),
  Type.Object({ is: Type.Literal('closed'), at }),
  /** It ends itself here. */
  Type.Object({ is: Type.Literal('dying'), at, step: Step }),
  /** A record came from the server. */
  Type.Object({ is: Type.Literal('record'), at, id: Type.String() }),
  /** What a command threw. */
  Type.Object({ is: Type.Literal('threw'), at, command: Type.String(), error: Type.String() }),
]);
export type Report = Static<typeof Report>;

/** Throws for a line that is no command. */
export const parseCommand = (line: string): Command => Value.Parse(Command, JSON.parse(line));
/** Throws for a line that is no report. */
export const parseReport = (line: string): Report => Value.Parse(Report, JSON.parse(line));

/** Now, in microseconds. */
export const monotonic = (): number => Number(process.hrtime.bigint() / 1_000n);
