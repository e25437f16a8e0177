import { setTimeout as delay } from 'node:timers/promises';
import { EventLogError, logClosed, topicMissing } from '../errors.ts';
import type { Link } from './link.ts';
import { BrokerRefusal } from './refusal.ts';

/** Milliseconds before a topic whose leader was not found, or has moved, is looked for again. */
const RETRY_MS = 50;
/**
 * Milliseconds for which a topic has to be unknown before it counts as missing: a broker may not have heard yet of a
 * topic that was made a moment ago through another one.
 */
const MISSING_MS = 600;
/** Milliseconds within which a question is answered or refused: less than the 5 s after which a client gives up. */
export const ANSWER_MS = 4_000;
/** Milliseconds between two looks for questions that have waited too long. */
const SWEEP_MS = 100;

/** Finds the broker that answers for a topic: its leader, or the coordinator of its cursors. */
export interface Router {
  nodeOf(topic: string): number | undefined;
  /** Resolves to the topics that do not exist; rejects when nobody answers. */
  locate(topics: readonly string[]): Promise<ReadonlySet<string>>;
  forget(topic: string): void;
  linkTo(node: number, requestMs: number): Link;
}

export type Outcome<Answer> =
  | { readonly answer: Answer }
  /** The broker is not, or not yet, the one to ask. */
  | { readonly retry: 'elsewhere'; readonly code: number }
  /** It was not its turn: the answer was full before. */
  | { readonly retry: 'here' }
  | { readonly error: EventLogError };

/** One kind of request, which asks about many topics at once. */
export interface RequestKind<Question, Answer> {
  readonly topicsPerRequest: number;
  readonly requestMs: number;
  /** Two questions about one topic in one; null when they cannot be: the second one waits for the next request. */
  merge(first: Question, second: Question): Question | null;
  /** A topic without an outcome is asked about elsewhere. Rejects when the broker did not answer. */
  perform(
    link: Link,
    questions: ReadonlyMap<string, Question>,
  ): Promise<ReadonlyMap<string, Outcome<Answer>>>;
}

export interface Requests<Question, Answer> {
  /** Throws `topic_missing`, `unavailable` after `answerMs`, `closed`. */
  ask(topic: string, question: Question, answerMs?: number): Promise<Answer>;
  /** Refuses what waits. */
  close(): void;
}

interface Pending<Question, Answer> {
  readonly topic: string;
  readonly question: Question;
  readonly deadline: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: EventLogError) => void;
  settled: boolean;
  missingSince: number | null;
  /** Why the last request failed that asked it: an error, or the code of the answer; undefined when none was sent. */
  cause: unknown;
}

interface Queue<Question, Answer> {
  readonly link: Link;
  waiting: Pending<Question, Answer>[];
  running: boolean;
}

/**
 * Requests of one kind, one in flight per broker: what arrives meanwhile makes the next one, so that a thousand questions
 * cost a few requests and a single one waits for nothing. Each question has its own outcome. A question whose broker moved,
 * broke or did not answer is asked again where the topic is now, until its time is over.
 */
export function createRequests<Question, Answer>(
  router: Router,
  kind: RequestKind<Question, Answer>,
): Requests<Question, Answer> {
  type Waiting = Pending<Question, Answer>;
  const queues = new Map<number, Queue<Question, Answer>>();
  const open = new Set<Waiting>();
  let lost: Waiting[] = [];
  let discovering = false;
  let closed = false;
  let sweeper: NodeJS.Timeout | undefined;

  function settle(pending: Waiting, act: () => void): void {
    if (pending.settled) return;
    pending.settled = true;
    open.delete(pending);
    act();
    if (open.size === 0) {
      clearInterval(sweeper);
      sweeper = undefined;
    }
  }

  function sweep(): void {
    const now = Date.now();
    for (const pending of open) {
      if (pending.deadline > now) continue;
      const { topic, cause } = pending;
      settle(pending, () =>
        pending.reject(
          new EventLogError('unavailable', `No broker answered for ${topic} in time (${whyOf(cause)})`, {
            cause,
          }),
        ),
      );
    }
  }

  function route(pending: Waiting): void {
    const node = router.nodeOf(pending.topic);
    if (node === undefined) {
      lost.push(pending);
      if (!discovering) void discover();
      return;
    }
    let queue = queues.get(node);
    if (!queue) {
      queue = { link: router.linkTo(node, kind.requestMs), waiting: [], running: false };
      queues.set(node, queue);
    }
    queue.waiting.push(pending);
    if (!queue.running) void run(queue);
  }

  async function discover(): Promise<void> {
    discovering = true;
    await Promise.resolve();
    while (lost.length > 0 && !closed) {
      const list = lost.filter(({ settled }) => !settled);
      lost = [];
      const unknown = [...new Set(list.map(({ topic }) => topic))].filter(
        (topic) => router.nodeOf(topic) === undefined,
      );
      const missing = await router.locate(unknown).catch((cause: unknown) => {
        for (const pending of list) pending.cause = cause;
        return null;
      });
      for (const pending of list) consider(pending, missing);
      if (lost.length > 0) await delay(RETRY_MS);
    }
    discovering = false;
  }

  /** After a look for its topic; `missing` is null when nobody answered. */
  function consider(pending: Waiting, missing: ReadonlySet<string> | null): void {
    const { cause } = pending;
    if (!missing && cause instanceof BrokerRefusal) {
      settle(pending, () => pending.reject(cause.unavailable()));
      return;
    }
    if (!missing?.has(pending.topic)) {
      pending.missingSince = null;
      if (router.nodeOf(pending.topic) === undefined) lost.push(pending);
      else route(pending);
      return;
    }
    pending.missingSince ??= Date.now();
    if (Date.now() - pending.missingSince < MISSING_MS) lost.push(pending);
    else settle(pending, () => pending.reject(topicMissing(pending.topic)));
  }

  /** What goes into the next request. Questions that cannot be merged, and those beyond the limit, stay. */
  function take(queue: Queue<Question, Answer>): { asked: Waiting[]; questions: Map<string, Question> } {
    const asked: Waiting[] = [];
    const questions = new Map<string, Question>();
    const later: Waiting[] = [];
    for (const pending of queue.waiting) {
      if (pending.settled) continue;
      const present = questions.get(pending.topic);
      const merged =
        present !== undefined
          ? kind.merge(present, pending.question)
          : questions.size < kind.topicsPerRequest
            ? pending.question
            : null;
      if (merged === null) later.push(pending);
      else {
        questions.set(pending.topic, merged);
        asked.push(pending);
      }
    }
    queue.waiting = later;
    return { asked, questions };
  }

  async function run(queue: Queue<Question, Answer>): Promise<void> {
    queue.running = true;
    // What is asked in the same turn shares the first request.
    await Promise.resolve();
    for (;;) {
      const { asked, questions } = take(queue);
      if (asked.length === 0 || closed) break;
      const outcomes = await kind.perform(queue.link, questions).catch((cause: unknown) => {
        for (const pending of asked) pending.cause = cause;
        return null;
      });
      for (const pending of asked) conclude(queue, pending, outcomes?.get(pending.topic));
    }
    queue.running = false;
  }

  function conclude(
    queue: Queue<Question, Answer>,
    pending: Waiting,
    outcome: Outcome<Answer> | undefined,
  ): void {
    if (outcome && 'answer' in outcome) settle(pending, () => pending.resolve(outcome.answer));
    else if (outcome && 'error' in outcome) settle(pending, () => pending.reject(outcome.error));
    // In front: the first topic of a request always finds room in the answer.
    else if (outcome?.retry === 'here') queue.waiting.unshift(pending);
    else {
      if (outcome) pending.cause = outcome.code;
      router.forget(pending.topic);
      lost.push(pending);
      if (!discovering) void rediscover();
    }
  }

  /** A leader that just refused is not asked again at once. */
  async function rediscover(): Promise<void> {
    discovering = true;
    await delay(RETRY_MS);
    await discover();
  }

  return {
    ask(topic, question, answerMs = ANSWER_MS) {
      if (closed) return Promise.reject(logClosed());
      return new Promise((resolve, reject) => {
        const deadline = Date.now() + answerMs;
        const state = { settled: false, missingSince: null, cause: undefined };
        const pending = { topic, question, deadline, resolve, reject, ...state };
        open.add(pending);
        sweeper ??= setInterval(sweep, SWEEP_MS);
        route(pending);
      });
    },
    close() {
      closed = true;
      for (const pending of open) settle(pending, () => pending.reject(logClosed()));
      for (const { link } of queues.values()) link.drop();
    },
  };
}

/** For whoever reads the log of a service. */
function whyOf(cause: unknown): string {
  if (cause === undefined) return 'its leader is not known';
  if (typeof cause === 'number') return `the last answer was error ${cause}`;
  return cause instanceof Error ? cause.message : String(cause);
}
