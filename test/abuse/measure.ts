import { setTimeout as sleep } from 'node:timers/promises';
import { median, percentile, round } from '@secure-chat/bench/arithmetic';
import { Value } from 'typebox/value';
import type { Attack } from './attack.ts';
import { Answers, type AttackQuestion } from './attack-protocol.ts';
import { DESCRIPTORS_MORE } from './bounds.ts';
import { type Child, startChild } from './child.ts';
import { HonestNames, type HonestQuestion, HonestSettled, HonestWindow } from './honest-protocol.ts';
import type { Scale } from './scale.ts';
import { type Server, startServer, type Usage } from './server.ts';

/** Milliseconds of honest requests: each the median of several windows. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

export interface Row {
  readonly attack: Attack;
  readonly quiet: Latency;
  readonly during: Latency;
  readonly after: Latency;
  readonly before: Usage;
  readonly most: Usage;
  readonly left: Usage;
  /** What the attacker was answered, and how often. */
  readonly answers: Readonly<Record<string, number>>;
  /** Honest requests that were not answered with 200; messages that did not come, or not in order. */
  readonly failures: readonly string[];
  readonly lost: readonly string[];
}

/** Milliseconds between two looks at the server. */
const LOOK_MS = 100;
/** Milliseconds in which everything that was sent has to arrive, and the server to be as before: a bound. */
const SETTLE_MS = 60_000;

/** `os.setPriority`: the attackers have what nobody else wants of the machine. */
const LOWEST = 19;

/** Suffers one attack after the other. Rejects when server or clients cannot be started, or the server ends badly. */
export async function measure(
  attacks: readonly Attack[],
  scale: Scale,
  onRow: (row: Row) => void,
): Promise<readonly Row[]> {
  const server = await startServer();
  const honest = startChild('./honest-process.ts');
  try {
    const ask = (question: HonestQuestion) => honest.ask(question);
    const { names } = Value.Parse(HonestNames, await ask({ ask: 'begin', url: server.url }));
    await windowsOf(honest, scale.warmUp, scale.windowMs);
    let quiet = await windowsOf(honest, scale.windows, scale.windowMs);
    const rows: Row[] = [];
    for (const attack of attacks) {
      const row = await suffer(attack, { server, honest, names, quiet, scale });
      onRow(row.row);
      rows.push(row.row);
      quiet = row.calm;
    }
    return rows;
  } finally {
    await honest.end();
    await server.stop();
  }
}

interface Place {
  readonly server: Server;
  readonly honest: Child;
  readonly names: readonly string[];
  readonly quiet: Windows;
  readonly scale: Scale;
}

/** `calm`: the windows after it, which are the quiet ones before the next. */
async function suffer(attack: Attack, place: Place): Promise<{ row: Row; calm: Windows }> {
  const { server, honest, names, quiet, scale } = place;
  const attacker = startChild('./attack-process.ts', LOWEST);
  const tell = (question: AttackQuestion) => attacker.ask(question);
  try {
    await tell({ ask: 'prepare', name: attack.name, url: server.url, names: [...names] });
    const before = await server.usage();
    const watch = watchMost(server);
    await tell({ ask: 'begin' });
    const during = await windowsOf(honest, scale.windows, scale.windowMs);
    const answers = Value.Parse(Answers, await tell({ ask: 'stop' }));
    const most = await watch.end();
    await attacker.end();
    const settled = Value.Parse(HonestSettled, await honest.ask({ ask: 'settle', ms: SETTLE_MS }));
    const left = await asBefore(server, before);
    await honest.ask({ ask: 'go on' });
    const calm = await windowsOf(honest, scale.windows, scale.windowMs);
    const failures = [...during.failures, ...calm.failures];
    const row = {
      attack,
      quiet: quiet.latency,
      during: during.latency,
      after: calm.latency,
      before,
      most,
      left,
      answers,
      failures,
      lost: settled.wrong,
    };
    return { row, calm };
  } finally {
    await attacker.end();
  }
}

interface Windows {
  readonly latency: Latency;
  readonly failures: readonly string[];
}

async function windowsOf(honest: Child, count: number, ms: number): Promise<Windows> {
  const p50: number[] = [];
  const p99: number[] = [];
  const failures: string[] = [];
  for (let window = 0; window < count; window++) {
    const seen = Value.Parse(HonestWindow, await honest.ask({ ask: 'window', ms } satisfies HonestQuestion));
    const sorted = seen.latencies.toSorted((one, other) => one - other);
    failures.push(...seen.failures);
    if (sorted.length === 0) continue;
    p50.push(percentile(sorted, 0.5));
    p99.push(percentile(sorted, 0.99));
  }
  if (p99.length === 0) throw new Error('no honest request was answered');
  return { latency: { p50: round(median(p50), 2), p99: round(median(p99), 2) }, failures };
}

/** The most that the server has at a time. */
function watchMost(server: Server): { end(): Promise<Usage> } {
  let most: Usage = { rss: 0, descriptors: 0 };
  const stopping = new AbortController();
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      const { rss, descriptors } = await server.usage();
      most = { rss: Math.max(most.rss, rss), descriptors: Math.max(most.descriptors, descriptors) };
      await sleep(LOOK_MS, null, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    async end() {
      stopping.abort();
      await watching;
      return most;
    },
  };
}

/** What the server has once its connections are those of before, or the time is over. */
async function asBefore(server: Server, before: Usage): Promise<Usage> {
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    const usage = await server.usage();
    if (usage.descriptors <= before.descriptors + DESCRIPTORS_MORE || performance.now() > end) return usage;
    await sleep(LOOK_MS);
  }
}
