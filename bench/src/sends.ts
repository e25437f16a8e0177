import { median, round, type Spread } from './arithmetic.ts';
import type { HttpClient } from './http-client.ts';
import { type Load, type LoadResult, latencyOf, runLoad } from './load.ts';
import { pick, type Session } from './people.ts';
import type { Scale } from './scale.ts';
import type { ServerProcess } from './server-process.ts';
import { SEND_BODY, sendTo, signed } from './signed-request.ts';

export interface SendFigure {
  readonly requests: number;
  /** The median of the rounds. */
  readonly perSecond: number;
  readonly latencyMs: Spread;
  /** Of the server alone: it tells them apart also where the load generator is the slower of the two. */
  readonly serverCpuMsPerRequest: number;
}

export interface Sends {
  /** The yardstick: fastify that parses the same body and does nothing. */
  readonly bare: SendFigure;
  readonly namedFew: SendFigure;
  readonly namedMany: SendFigure;
  readonly v1Few: SendFigure;
  readonly v1Many: SendFigure;
  /** Every session in turn, so that the server has not lately seen the one that signs. */
  readonly v1Scanned: SendFigure;
}

/** Sessions with signatures v2, which name themselves, as our own client has them, or with v1. */
type Naming = 'named' | 'v1';

/** What is sent to: a server, and sessions of it of both kinds; to the yardstick any will do. */
export interface SendTarget extends Readonly<Record<Naming, readonly Session[]>> {
  readonly process: ServerProcess;
  readonly http: HttpClient;
}

export interface SendTargets {
  readonly bare: SendTarget;
  readonly few: SendTarget;
  readonly many: SendTarget;
}

/** In flight where every request is a scan: the gateway refuses more of them from one address. */
export const SCANNED_CONCURRENCY = 8;

interface Round {
  readonly load: LoadResult;
  readonly cpuMs: number;
}

/**
 * Signed sends of every kind, in rounds: each round measures each kind once, and the yardstick before and after them. The
 * load generator does the same work for all, the signature included.
 */
export async function measureSends(
  { bare, few, many }: SendTargets,
  scale: Scale,
  progress: (line: string) => void,
): Promise<Sends> {
  const rounds: Record<Exclude<keyof Sends, 'v1Scanned'>, Round[]> = {
    bare: [],
    namedFew: [],
    namedMany: [],
    v1Few: [],
    v1Many: [],
  };
  const steady = (target: SendTarget, naming: Naming, requests: number): Promise<Round> => {
    const senders = spreadOver(target[naming], scale.senders);
    return sendRound(target, {
      concurrency: scale.senders,
      requests,
      warmUp: scale.warmUp,
      send: (worker) => send(target.http, senders, worker),
    });
  };
  for (const target of [few, many]) await introduce(target, spreadOver(target.v1, scale.senders));
  progress('sends, before the rounds that count');
  for (const target of [bare, few, many]) await steady(target, 'named', scale.sendsToWarmUp);
  for (let turn = 1; turn <= scale.rounds; turn++) {
    progress(`sends, round ${turn} of ${scale.rounds}`);
    const kinds = [
      async () => rounds.bare.push(await steady(bare, 'named', scale.bareSendsPerRound)),
      async () => rounds.namedFew.push(await steady(few, 'named', scale.sendsPerRound)),
      async () => rounds.namedMany.push(await steady(many, 'named', scale.sendsPerRound)),
      async () => rounds.v1Few.push(await steady(few, 'v1', scale.sendsPerRound)),
      async () => rounds.v1Many.push(await steady(many, 'v1', scale.sendsPerRound)),
      async () => rounds.bare.push(await steady(bare, 'named', scale.bareSendsPerRound)),
    ];
    // Every second round backwards, so that none is always measured after the same other one.
    for (const measureKind of turn % 2 === 0 ? kinds.toReversed() : kinds) await measureKind();
  }
  progress('sends of every session in turn');
  const scanned = await sendRound(many, {
    concurrency: SCANNED_CONCURRENCY,
    requests: scale.scannedSends,
    warmUp: 0,
    send: (_, turn) => send(many.http, many.v1, turn),
  });
  return {
    bare: figureOf(rounds.bare),
    namedFew: figureOf(rounds.namedFew),
    namedMany: figureOf(rounds.namedMany),
    v1Few: figureOf(rounds.v1Few),
    v1Many: figureOf(rounds.v1Many),
    v1Scanned: figureOf([scanned]),
  };
}

/** `count` of them at even distances, from the oldest on. */
export const spreadOver = <T>(elements: readonly T[], count: number): T[] =>
  Array.from({ length: count }, (_, index) => pick(elements, Math.floor((index * elements.length) / count)));

/** Each sender's first request, one after another: the gateway takes few scans of one address at a time. */
async function introduce({ http }: SendTarget, senders: readonly Session[]): Promise<void> {
  for (const turn of senders.keys()) await send(http, senders, turn);
}

/** The sender whose turn it is writes to the next one. */
const send = (http: HttpClient, senders: readonly Session[], turn: number): Promise<string> => {
  const recipient = pick(senders, turn + 1).user.username;
  return http.ask(signed(pick(senders, turn), http, sendTo(recipient, SEND_BODY)));
};

async function sendRound({ process }: SendTarget, load: Load): Promise<Round> {
  const before = await process.usage();
  const result = await runLoad(load);
  return {
    load: result,
    cpuMs: ((await process.usage()).cpuMs - before.cpuMs) / (load.requests + load.warmUp),
  };
}

const figureOf = (rounds: readonly Round[]): SendFigure => ({
  requests: rounds.reduce((sum, { load }) => sum + load.requests, 0),
  perSecond: round(median(rounds.map(({ load }) => load.perSecond)), 1),
  latencyMs: latencyOf(rounds.map(({ load }) => load)),
  serverCpuMsPerRequest: round(median(rounds.map(({ cpuMs }) => cpuMs)), 4),
});
