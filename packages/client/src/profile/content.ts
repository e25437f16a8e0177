import { REFERRING } from '@secure-chat/crypto/e2ee/body';
import { type Static, Type } from 'typebox';

/** `Referring` of crypto's body.ts, but for what the message itself has. */
const Reference = Type.Object({
  kind: Type.Enum([...REFERRING]),
  lead: Type.String(),
  text: Type.String(),
  whose: Type.Enum(['sender', 'recipient']),
  target: Type.String(),
});
export type Reference = Static<typeof Reference>;

/** What a message says to the contact that is no plain text. */
export const Content = Type.Union([
  Reference,
  Type.Object({ kind: Type.Literal('timer'), seconds: Type.Integer() }),
  Type.Object({ kind: Type.Literal('lost'), of: Type.Array(Type.String()) }),
]);
export type Content = Static<typeof Content>;
