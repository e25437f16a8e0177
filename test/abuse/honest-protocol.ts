import { type Static, Type } from 'typebox';

/** What the process of the honest is told. */
export const HonestQuestion = Type.Union([
  /** Registers them, logs them in, and lets them begin. */
  Type.Object({ ask: Type.Literal('begin'), url: Type.String() }),
  /** What they see in so many milliseconds. */
  Type.Object({ ask: Type.Literal('window'), ms: Type.Number() }),
  /** They write no more; answered when all has come, or with what has not. */
  Type.Object({ ask: Type.Literal('settle'), ms: Type.Number() }),
  /** They go on. */
  Type.Object({ ask: Type.Literal('go on') }),
]);
export type HonestQuestion = Static<typeof HonestQuestion>;

export const HonestNames = Type.Object({ names: Type.Array(Type.String()) });
export const HonestWindow = Type.Object({
  /** Milliseconds of each request that was answered. */
  latencies: Type.Array(Type.Number()),
  failures: Type.Array(Type.String()),
});
export const HonestSettled = Type.Object({ sent: Type.Integer(), wrong: Type.Array(Type.String()) });
