import { type Static, Type } from 'typebox';

/** What the process of an attacker is told: `prepare` first, then `begin`, then `stop`, which is answered with what he was told. */
export const AttackQuestion = Type.Union([
  Type.Object({
    ask: Type.Literal('prepare'),
    name: Type.String(),
    url: Type.String(),
    names: Type.Array(Type.String()),
  }),
  Type.Object({ ask: Type.Literal('begin') }),
  Type.Object({ ask: Type.Literal('stop') }),
]);
export type AttackQuestion = Static<typeof AttackQuestion>;

/** What he was answered, and how often. */
export const Answers = Type.Record(Type.String(), Type.Number());
