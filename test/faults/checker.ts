import { howOf } from '../contract/service-process.ts';
import type { ReportedMessage } from './client-protocol.ts';
import type { Trace, TraceEvent } from './trace.ts';

/** What must not be. */
export interface Violation {
  readonly kind:
    | 'lost'
    | 'shown twice'
    | 'out of order'
    | 'never asked for'
    | 'vanished'
    | 'not readable'
    /** The log or a client had lost something, and a client noticed and mended it: it should not have had to. */
    | 'had to be mended'
    | 'state went back'
    | 'failed'
    | 'still waiting'
    | 'without a receipt'
    | 'delivered before it was stored'
    | 'read before it was seen'
    | 'command failed'
    /** They did not come to an end; what else was found may be of that. */
    | 'no rest'
    /** A process of the product did so. */
    | 'ended by itself'
    /** Nor did one, on SIGTERM. */
    | 'did not end';
  /** A sentence with names and texts. */
  readonly what: string;
}

/** States of an own message, in the order in which they may follow each other. */
const RANKS: Readonly<Record<string, number>> = {
  queued: 0,
  sent: 1,
  delivered: 2,
  read: 3,
  failed: 4,
};
const rankOf = ({ state }: ReportedMessage): number => RANKS[state] ?? Number.NaN;
export const isDelivered = (message: ReportedMessage): boolean =>
  message.state === 'delivered' || message.state === 'read';
/** What stands for a message that its reader cannot see. */
const UNREADABLE = new Set(['undecryptable', 'refused', 'missing']);

/** One thing that a client said of one message. */
interface Sighting {
  readonly at: number;
  /**
   * A moment that it was not stored before. Of one found at an opening: when the first process was started since the one that
   * last said that it had opened the profile. A process that was killed while it opened it, too, may have stored and
   * acknowledged what it never told.
   */
  readonly since: number;
  readonly message: ReportedMessage;
}

/** What one user said. */
interface View {
  readonly user: string;
  readonly sightings: readonly Sighting[];
  /** What is shown in the end, by id. */
  readonly final: readonly ReportedMessage[];
  /** When this user marked the messages of another one as read. */
  readonly markings: readonly { readonly at: number; readonly from: string }[];
}

interface Asked {
  readonly user: string;
  readonly to: string;
  /** Grows. */
  readonly order: number;
}

/**
 * Compares what each sender saw with what each receiver showed; each text of a trace must be another one. Throws for a trace
 * without a last `listed` of each user.
 */
export function check(trace: Trace): Violation[] {
  const asked = new Map<string, Asked>();
  for (const event of trace.events)
    if (event.is === 'asked') asked.set(event.text, { ...event, order: asked.size });
  const views = new Map(trace.users.map((user) => [user, viewOf(trace.events, user)]));
  return [
    ...trace.events.flatMap(checkProcess),
    ...[...views.values()].flatMap((view) => [
      ...checkKept(view),
      ...checkMended(view),
      ...checkOwn(view),
      ...checkShown(view, asked),
      ...own(view).flatMap(([, sightings]) => checkClaims(sightings, asked, views)),
    ]),
  ];
}

/** A client did what it was told, and ended by nothing but SIGKILL. */
function checkProcess(event: TraceEvent): Violation[] {
  if (event.is === 'threw')
    return [violation('command failed', `${event.user}: ${event.command}: ${event.error}`)];
  const isOurs = event.is !== 'gone' || event.signal === 'SIGKILL';
  return isOurs ? [] : [violation('ended by itself', `${event.user}'s client: ${howOf(event)}`)];
}

const violation = (kind: Violation['kind'], what: string): Violation => ({ kind, what });
/** Characters of a text that a sentence shows: they begin with its number. */
const TEXT_SHOWN = 20;
const named = (user: string, { id, text, state }: ReportedMessage): string =>
  `${user}'s message ${id} ${JSON.stringify([...text].slice(0, TEXT_SHOWN).join(''))} (${state})`;

function viewOf(events: readonly TraceEvent[], user: string): View {
  const sightings: Sighting[] = [];
  const markings: { at: number; from: string }[] = [];
  let final: readonly ReportedMessage[] | null = null;
  let opening: number | null = null;
  for (const event of events) {
    if (event.is === 'fault' || event.user !== user) continue;
    if (event.is === 'spawned') opening ??= event.at;
    if (event.is === 'marking') markings.push(event);
    const { at } = event;
    if (event.is === 'written' || event.is === 'message')
      sightings.push({ at, since: at, message: event.message });
    if (event.is === 'opened') {
      const since = opening ?? at;
      sightings.push(...event.messages.map((message) => ({ at, since, message })));
      opening = null;
    }
    // Whatever is new since the opening was reported one by one.
    if (event.is === 'listed')
      sightings.push(...event.messages.map((message) => ({ at, since: at, message })));
    if (event.is === 'listed') final = event.messages;
  }
  if (final === null) throw new Error(`${user} did not list its messages`);
  return { user, sightings, markings, final: [...final].sort((one, other) => one.id - other.id) };
}

/** What is said of each message: in the order of its ids, each in the order of time. */
function byMessage({ sightings }: View): [number, Sighting[]][] {
  const groups = new Map<number, Sighting[]>();
  for (const sighting of [...sightings].sort((one, other) => one.at - other.at)) {
    const group = groups.get(sighting.message.id) ?? [];
    group.push(sighting);
    groups.set(sighting.message.id, group);
  }
  return [...groups].sort(([one], [other]) => one - other);
}

/** Of the messages that the user has written, not of what is noted between them. */
const own = (view: View): [number, Sighting[]][] =>
  byMessage(view).filter(([, [first]]) => first?.message.sender === view.user && !isNote(first.message));
const isNote = ({ state }: ReportedMessage): boolean => state === 'note';

/** What was shown once stays, as it was. */
function checkKept(view: View): Violation[] {
  const kept = new Map(view.final.map((message) => [message.id, message.text]));
  return byMessage(view).flatMap(([id, sightings]) => {
    const shown = sightings.find(({ message }) => !UNREADABLE.has(message.state))?.message;
    return shown && kept.get(id) !== shown.text ? [violation('vanished', named(view.user, shown))] : [];
  });
}

/** What must not even pass by. `undecryptable` may: a message waits so while the server cannot give its sender's keys. */
const MENDED = new Set(['refused', 'missing']);

/** Nothing was ever missing, though it be there now: what is in the end is told of elsewhere. */
function checkMended(view: View): Violation[] {
  const final = new Map(view.final.map((message) => [message.id, message]));
  return byMessage(view).flatMap(([id, sightings]) => {
    const broken = sightings.find(({ message }) => MENDED.has(message.state))?.message;
    const isStill = UNREADABLE.has(final.get(id)?.state ?? '');
    return broken && !isStill ? [violation('had to be mended', named(view.user, broken))] : [];
  });
}

/** States only go forward, and come to an end. */
function checkOwn(view: View): Violation[] {
  return own(view).flatMap(([, sightings]) => {
    const found: Violation[] = [];
    let before: ReportedMessage | null = null;
    for (const { message } of sightings) {
      const back =
        before &&
        (rankOf(message) < rankOf(before) || (before.state === 'failed' && message.state !== 'failed'));
      if (back) found.push(violation('state went back', `${named(view.user, message)} was ${before?.state}`));
      before = message;
    }
    if (!before) return found;
    if (before.state === 'failed') found.push(violation('failed', named(view.user, before)));
    else if (before.state === 'queued') found.push(violation('still waiting', named(view.user, before)));
    else if (!isDelivered(before)) found.push(violation('without a receipt', named(view.user, before)));
    return found;
  });
}

/** Each text is one that its sender was asked to write here; it stands there once, and in order. */
function checkShown(view: View, asked: ReadonlyMap<string, Asked>): Violation[] {
  const found: Violation[] = [];
  const times = new Map<string, number>();
  const latest = new Map<string, number>();
  for (const message of view.final.filter((message) => !isNote(message))) {
    const { contact, sender, text, state } = message;
    if (UNREADABLE.has(state)) {
      found.push(violation('not readable', named(view.user, message)));
      continue;
    }
    const origin = asked.get(text);
    const to = sender === view.user ? contact : view.user;
    if (!origin || origin.user !== sender || origin.to !== to) {
      found.push(violation('never asked for', named(view.user, message)));
      continue;
    }
    times.set(text, (times.get(text) ?? 0) + 1);
    if (times.get(text) === 2) found.push(violation('shown twice', named(view.user, message)));
    const conversation = `${sender}>${to}`;
    if (origin.order < (latest.get(conversation) ?? 0))
      found.push(violation('out of order', named(view.user, message)));
    latest.set(conversation, Math.max(origin.order, latest.get(conversation) ?? 0));
  }
  return found;
}

/** What its states claim of one own message is true of its receiver. */
function checkClaims(
  sightings: readonly Sighting[],
  asked: ReadonlyMap<string, Asked>,
  views: ReadonlyMap<string, View>,
): Violation[] {
  const message = sightings[0]?.message;
  const origin = message && asked.get(message.text);
  const receiver = origin && views.get(origin.to);
  // A text that nobody asked for is told of elsewhere.
  if (!receiver) return [];
  const isIt = (other: ReportedMessage): boolean =>
    other.text === message.text && other.sender === origin.user && !UNREADABLE.has(other.state);
  const found: Violation[] = [];
  const claimed = sightings.find((sighting) =>
    ['sent', 'delivered', 'read'].includes(sighting.message.state),
  );
  if (claimed && !receiver.final.some(isIt))
    found.push(violation('lost', named(origin.user, claimed.message)));

  const storedAt = Math.min(
    ...receiver.sightings.filter((sighting) => isIt(sighting.message)).map(({ since }) => since),
  );
  const delivered = sightings.find((sighting) => isDelivered(sighting.message));
  if (delivered && delivered.at < storedAt)
    found.push(violation('delivered before it was stored', named(origin.user, delivered.message)));
  const read = sightings.find((sighting) => sighting.message.state === 'read');
  const seen = receiver.markings.some(
    ({ at, from }) => from === origin.user && at >= storedAt && at <= (read?.at ?? 0),
  );
  if (read && !seen) found.push(violation('read before it was seen', named(origin.user, read.message)));
  return found;
}
