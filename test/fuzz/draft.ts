import type { Endpoint } from '@secure-chat/wire/endpoints';
import type { Random } from '../faults/random.ts';

/** How a request is signed. */
export type Signing = 'v1' | 'v1 with its id' | 'v2' | 'none';

/** A request before it is signed and made bytes; what bends it changes it in place. */
export interface Draft {
  /** What it began as, with its method and target then. */
  readonly endpoint: Endpoint;
  readonly route: { readonly method: string; readonly target: string };
  method: string;
  /** As it goes on the wire, in characters of one byte each. */
  target: string;
  /** In their order, repeated ones too; those of the signature and of the framing come later. */
  readonly headers: [name: string, value: string][];
  body: Buffer;
  signing: Signing;
  /** What was done to it, for who reads of it. */
  readonly bent: string[];
  /** No longer HTTP that has to be answered: it is sent alone, and may be hung up on. */
  isBroken: boolean;
}

/** One way to bend a request. */
export interface Bend {
  readonly name: string;
  /** Of a draft, after which it is no longer HTTP that has to be answered. */
  readonly breaks?: true;
  bend(draft: Draft, random: Random): void;
}

/** Bends a draft in one of these ways. */
export function bendBy(bends: readonly Bend[], draft: Draft, random: Random): void {
  const { name, breaks = false, bend } = random.pick(bends);
  bend(draft, random);
  draft.bent.push(name);
  draft.isBroken ||= breaks;
}

/** Whether it still goes where it was made for. */
export const isOnItsWay = ({ route, method, target, isBroken }: Draft): boolean =>
  !isBroken && method === route.method && target === route.target;
