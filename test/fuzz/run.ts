import { ENDPOINTS } from '@secure-chat/wire/endpoints';
import { BODY_MAX } from '@secure-chat/wire/limits';
import { createRandom } from '../faults/random.ts';
import type { Answer } from './answers.ts';
import { createAttacker } from './attackers.ts';
import { BENT_BODIES } from './bent-bodies.ts';
import { BENT_HEADS, BENT_METHODS } from './bent-heads.ts';
import { BENT_TARGETS } from './bent-targets.ts';
import { type Connection, openConnection } from './connection.ts';
import { bendBy, type Draft } from './draft.ts';
import { type Framed, framed } from './framings.ts';
import { createHonestPair } from './honest-pair.ts';
import { createSchemaValues } from './schema-values.ts';
import { createTally, type Tally } from './tally.ts';
import { createValidRequests } from './valid-requests.ts';
import { outcomeOf, wrongWith } from './verdict.ts';

export interface FuzzingOptions {
  readonly url: string;
  readonly seed: number;
  /** Of the first request; the same seed and index are the same request, but for what the server chose. */
  readonly from: number;
  readonly requests: number;
}

/** Something that may never happen. */
export interface Finding {
  readonly what: string;
  /** Of the request; null for what has none. */
  readonly index: number | null;
  readonly request: string;
  readonly answer: string;
}

export interface Fuzzing {
  readonly findings: readonly Finding[];
  readonly tally: Tally;
}

/** Who send, and connections that they send on. */
const ATTACKERS = 8;
const LANES = 24;
/** Requests that are written in one breath, at most and mostly. */
const VOLLEY_MAX = 32;
const VOLLEY = 4;
/** Requests after which the honest pair has its turn. */
const ROUND = 1_000;
/** After so many something is wrong altogether. */
const FINDINGS_MAX = 50;

interface Shot {
  readonly index: number;
  readonly draft: Draft;
  readonly framed: Framed;
  /** Must have a connection of its own: there is nothing behind a stream. */
  readonly isAlone: boolean;
  /** The session that signed it is of no use any more. */
  onRefused(): void;
}

/** Sends requests that are bent, and checks each answer. Rejects when the server cannot be used at all. */
export async function runFuzzing({ url, seed, from, requests }: FuzzingOptions): Promise<Fuzzing> {
  const host = new URL(url).host;
  const attackers = await Promise.all(Array.from({ length: ATTACKERS }, () => createAttacker(url)));
  const pair = await createHonestPair(url);
  const values = createSchemaValues(seed);
  const validRequest = createValidRequests({ url, values, attackers, bystanders: pair.names });
  const findings: Finding[] = [];
  const tally = createTally();
  const waiting = new Set<Promise<void>>();
  let rounds = Promise.resolve();
  let next = from;

  async function shotOf(index: number): Promise<Shot> {
    const random = createRandom(Math.imul(seed, 0x9e3779b1) ^ index);
    const attacker = random.pick(attackers);
    const draft = await validRequest(random.pick(ENDPOINTS), attacker, random);
    if (draft.endpoint.request ? random.chance(0.6) : random.chance(0.05)) bendBy(BENT_BODIES, draft, random);
    // Refused by its length and hung up on while it still comes, which may cost the answer.
    draft.isBroken ||= draft.body.length > BODY_MAX;
    if (random.chance(0.1)) bendBy(BENT_TARGETS, draft, random);
    if (random.chance(0.04)) bendBy(BENT_METHODS, draft, random);
    if (random.chance(0.03)) draft.signing = random.pick(['v1', 'v1 with its id', 'v2', 'none']);
    const { signing } = draft;
    draft.headers.push(...Object.entries(await attacker.sign(draft)));
    if (random.chance(0.15)) bendBy(BENT_HEADS, draft, random);
    const form = framed(draft, host, random);
    if (form.bent !== null) draft.bent.push(form.bent);
    return {
      index,
      draft,
      framed: form,
      isAlone: form.isBroken || draft.target.includes('stream'),
      onRefused: () => draft.bent.length === 0 && attacker.ended(signing),
    };
  }

  function find(what: string, shot: Shot | null, answer: Answer | null): void {
    findings.push({
      what,
      index: shot?.index ?? null,
      request: shot
        ? `${shot.draft.bent.join(', ')}\n${Buffer.concat(shot.framed.pieces).toString('latin1')}`
        : '',
      answer: answer ? `${answer.status} ${answer.text}` : '',
    });
  }

  async function fire(connection: Connection, shots: readonly Shot[]): Promise<void> {
    const sent = shots.map(({ draft: { method }, framed: form }) => ({ method, framed: form }));
    const { answers, wrong } = await connection.exchange(sent);
    if (wrong !== null) find(wrong, shots[answers.length] ?? null, answers.at(-1) ?? null);
    for (const [place, answer] of answers.entries()) {
      const shot = shots[Math.min(place, shots.length - 1)];
      if (!shot) continue;
      const flaw = wrongWith(shot.draft, answer);
      if (flaw !== null) find(flaw, shot, answer);
      tally.count(shot.draft, outcomeOf(answer));
      if (answer.status === 401) shot.onRefused();
    }
    for (const shot of shots.slice(answers.length)) {
      tally.count(shot.draft, 'hung up on');
      const isClosed = answers.at(-1)?.headers.get('connection') === 'close';
      if (wrong === null && !isClosed && !shot.framed.isBroken)
        find('hung up on without an answer', shot, answers.at(-1) ?? null);
    }
  }

  async function alone(shot: Shot): Promise<void> {
    const connection = await openConnection(url);
    await fire(connection, [shot]);
    connection.close();
  }

  /** The next indices, as many as go into one volley. */
  function take(): number[] {
    const random = createRandom(next ^ seed);
    const most = random.chance(0.01) ? VOLLEY_MAX : random.int(1, VOLLEY);
    const count = findings.length < FINDINGS_MAX ? Math.min(most, from + requests - next) : 0;
    next += count;
    return Array.from({ length: count }, (_, place) => next - count + place);
  }

  async function lane(): Promise<void> {
    let connection: Connection | null = null;
    for (let indices = take(); indices.length > 0; indices = take()) {
      const shots = await Promise.all(indices.map(shotOf));
      for (const shot of shots.filter(({ isAlone }) => isAlone)) {
        const ends = alone(shot);
        if (shot.framed.ending !== 'wait') await ends;
        else {
          const kept = ends.finally(() => waiting.delete(kept));
          waiting.add(kept);
        }
      }
      const together = shots.filter(({ isAlone }) => !isAlone);
      if (!connection?.isOpen()) connection = await openConnection(url);
      if (together.length > 0) await fire(connection, together);
      if (indices.some((index) => index % ROUND === 0)) await round();
    }
    connection?.close();
  }

  const round = (): Promise<void> => {
    rounds = rounds.then(async () => {
      for (const what of await pair.round()) find(what, null, null);
    });
    return rounds;
  };

  await round();
  await Promise.all(Array.from({ length: LANES }, lane));
  await Promise.all(waiting);
  await round();
  for (const what of await pair.farewell()) find(what, null, null);
  return { findings, tally };
}
