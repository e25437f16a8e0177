import { type Static, Type } from 'typebox';

/** What a message says to the contact that is no text of the history. */
export const Content = Type.Union([
  Type.Object({ kind: Type.Literal('timer'), seconds: Type.Integer() }),
  Type.Object({ kind: Type.Literal('lost'), of: Type.Array(Type.String()) }),
]);
export type Content = Static<typeof Content>;
