import { availableParallelism, cpus, loadavg } from 'node:os';
import { round } from './arithmetic.ts';
import type { Idle } from './idle.ts';
import type { LoginFigure } from './logins.ts';
import type { Polls } from './polls.ts';
import type { Ready } from './ready.ts';
import type { Scale } from './scale.ts';
import { SCANNED_CONCURRENCY, type Sends } from './sends.ts';
import type { SqliteAppends } from './sqlite-appends.ts';

/** All that one run measured. */
export interface Figures {
  readonly setting: Setting;
  readonly ready: Ready;
  readonly logins: LoginFigure;
  readonly sends: Sends;
  readonly polls: Polls;
  readonly idle: Idle;
  readonly sqliteAppends: SqliteAppends;
}

/** Where the figures hold. */
export interface Machine {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  /** Of the minute before the bench: above 0, others compete with it, and every figure is worse for it. */
  readonly loadBefore: number;
}

/** What the figures hold for. */
export interface Setting extends Machine {
  readonly quick: boolean;
  readonly fewSessions: number;
  readonly manySessions: number;
  readonly concurrentSends: number;
  readonly senders: string;
}

export const machine = (): Machine => ({
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  loadBefore: round(loadavg()[0] ?? 0, 2),
});

export const settingOf = (scale: Scale, quick: boolean): Setting => ({
  ...machine(),
  quick,
  fewSessions: scale.users,
  manySessions: scale.manySessions,
  concurrentSends: scale.senders,
  senders:
    `${scale.senders} sessions at even distances among the open ones, oldest to newest, all from one address; ` +
    `scanned: every open session in turn, ${SCANNED_CONCURRENCY} concurrent`,
});
