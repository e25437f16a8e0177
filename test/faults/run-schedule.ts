import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { check, isDelivered, type Violation } from './checker.ts';
import { monotonic } from './client-protocol.ts';
import { createPerson, type Person } from './person.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import type { Act, Schedule } from './schedule.ts';
import type { Seats } from './seats.ts';
import type { System } from './system.ts';
import type { Trace, TraceEvent } from './trace.ts';

export interface Outcome {
  readonly trace: Trace;
  readonly violations: readonly Violation[];
  /** What was done to what, and how often. */
  readonly faults: ReadonlyMap<string, number>;
}

/**
 * Milliseconds to open an account or a profile, and to come to rest once everything is up again: bounds, not expectations.
 * Both take some seconds; on a machine that is busy elsewhere ten times that.
 */
const OPEN_MS = 120_000;
const REST_MS = 120_000;
const PROGRESS_MS = 1_000;

interface Stage {
  readonly seed: number;
  readonly system: System;
  readonly recorder: Recorder;
  readonly people: ReadonlyMap<string, Person>;
  readonly faults: Map<string, number>;
  /** Number of the next text. */
  readonly texts: { next: number };
}

/** Runs a schedule on a system that others may have used before, with users of its own. */
export async function runSchedule(system: System, seats: Seats, schedule: Schedule): Promise<Outcome> {
  const { seed } = schedule;
  const folder = await mkdtemp(join(tmpdir(), 'secure-chat-faults-profiles-'));
  const users = schedule.users.map((letter) => nameOf(seed, letter));
  const recorder = createRecorder(users);
  const faults = new Map<string, number>();
  const newPerson = (user: string): Person =>
    createPerson({
      ...seats,
      user,
      peers: users.filter((other) => other !== user),
      server: system.url,
      profile: join(folder, user),
      add: recorder.add,
    });
  const people = new Map(users.map((user) => [user, newPerson(user)]));
  const stage = { seed, system, recorder, people, faults, texts: { next: 0 } };
  const violations: Violation[] = [];
  try {
    await follow(stage, schedule.acts);
  } catch (error) {
    violations.push({ kind: 'no rest', what: String(error) });
  }
  const trace = { users, events: recorder.events };
  try {
    await listAll(stage);
    violations.push(...check(trace));
  } catch (error) {
    violations.push({ kind: 'no rest', what: String(error) });
  }
  await Promise.all([...people.values()].map((person) => person.leave()));
  for (const event of recorder.events)
    if (event.is === 'dying')
      faults.set(`client: ${event.step}`, (faults.get(`client: ${event.step}`) ?? 0) + 1);
  await rm(folder, { recursive: true, force: true });
  return { trace, violations, faults };
}

const nameOf = (seed: number, letter: string): string => `s${seed}${letter}`;

/** Throws when people cannot open their accounts, or do not come to rest after all of it. */
async function follow(stage: Stage, acts: readonly Act[]): Promise<void> {
  const { people, recorder, system } = stage;
  const everybodyIsIn = (): boolean => [...people.values()].every((person) => person.isOpen());
  for (const person of people.values()) person.start();
  await reach(recorder, 'everybody has an account', everybodyIsIn, OPEN_MS);
  for (const act of acts) await perform(stage, act);
  await system.restore();
  recorder.add({ is: 'fault', at: monotonic(), what: 'everything is up again' });
  for (const person of people.values()) person.tell({ do: 'disarm' });
  await listAll(stage);
  await reach(recorder, 'everybody came to rest', () => isAtRest(stage), REST_MS);
  // Whatever waits behind what was shown comes before these.
  for (const from of people.keys()) for (const to of people.keys()) if (to !== from) send(stage, from, to);
  await listAll(stage);
  await reach(recorder, 'the last messages were shown', () => isAtRest(stage), REST_MS);
}

async function reach(recorder: Recorder, what: string, condition: () => boolean, ms: number): Promise<void> {
  if (!(await recorder.until(condition, ms))) throw new Error(`not within ${ms} ms: ${what}`);
}

/** Whether each message is delivered, and shown, and nothing is unreadable. */
function isAtRest({ people, recorder }: Stage): boolean {
  const shown = new Set<string>();
  const delivered: string[] = [];
  for (const user of people.keys())
    for (const message of recorder.shown(user).values()) {
      const { sender, state, text } = message;
      if (state === 'note') continue;
      if (sender === user && isDelivered(message)) delivered.push(text);
      else if (sender !== user && state === 'received') shown.add(text);
      // A message that failed is told of by the checker: nothing more comes of it.
      else if (state !== 'failed') return false;
    }
  return delivered.every((text) => shown.has(text));
}

/** When it resolves, all that was told before has been done. Throws when somebody does not answer. */
async function listAll({ people, recorder }: Stage): Promise<void> {
  await Promise.all(
    [...people.values()].map(async (person) => {
      for (let answered = false; !answered; ) {
        const before = recorder.events.length;
        person.tell({ do: 'list' });
        const answers = () =>
          recorder.events
            .slice(before)
            .flatMap((event) => ('user' in event && event.user === person.user ? [event.is] : []));
        const over = () => answers().some((is) => is === 'listed' || is === 'gone');
        await reach(recorder, `${person.user} lists its messages`, over, OPEN_MS);
        // At a step that it was told to die at.
        answered = answers().includes('listed');
      }
    }),
  );
}

function send({ recorder, people, texts }: Stage, user: string, to: string): void {
  const text = textOf(texts.next);
  texts.next += 1;
  recorder.add({ is: 'asked', at: monotonic(), user, to, text });
  people.get(user)?.tell({ do: 'send', to, text });
}

/** Each another one; most are short, some fill several packets, and all hold what is more than one byte. */
function textOf(number: number): string {
  const length = number % 17 === 16 ? 700 : number % 40;
  return `${number} ${'é日👩‍🚀'.repeat(length)}`;
}

async function perform(stage: Stage, act: Act): Promise<void> {
  const { seed, people, recorder, system, faults } = stage;
  const person = 'user' in act ? people.get(nameOf(seed, act.user)) : undefined;
  const unit = 'target' in act ? system.units.find(({ name }) => name === act.target) : undefined;
  const note = (what: string): void => {
    faults.set(what, (faults.get(what) ?? 0) + 1);
    recorder.add({ is: 'fault', at: monotonic(), what });
  };
  switch (act.do) {
    case 'send':
      for (let count = 0; count < act.count; count += 1)
        send(stage, nameOf(seed, act.from), nameOf(seed, act.to));
      return;
    case 'read':
      person?.tellOpen({ do: 'read', from: nameOf(seed, act.from) });
      return;
    case 'kill client':
      if (person?.kill()) note('client: kill');
      return;
    case 'arm client':
      person?.tellOpen({ do: 'arm', step: act.step, after: act.after });
      return;
    case 'start client':
      person?.start();
      return;
    case 'kill':
    case 'pause':
    case 'drain':
      if (unit?.suffer(act.do)) note(`${act.target}: ${act.do}`);
      return;
    case 'arm':
      if (unit?.arm(act.step, act.after)) note(`${act.target}: ${act.step}`);
      return;
    case 'start':
      unit?.start();
      recorder.add({ is: 'fault', at: monotonic(), what: `${act.target}: start` });
      return;
    case 'progress': {
      const shown = () => recorder.events.filter((event) => isNews(event)).length;
      const before = shown();
      await recorder.until(() => shown() >= before + act.count, PROGRESS_MS);
      return;
    }
    case 'last':
      await pass(act.ms);
  }
}

const isNews = (event: TraceEvent): boolean => event.is === 'message' && event.message.state === 'received';
