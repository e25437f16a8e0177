import type { Database } from 'better-sqlite3';
import { type Static, Type } from 'typebox';
import { createSealedColumn, rememberOpened, type Sealer } from './sealed.ts';

/** The keys of a contact under protocol v2, out of one bundle. */
const Keys = Type.Object({
  /** As the bundle spells it: what messages are bound to. */
  username: Type.String(),
  /** Ed25519, 32 bytes in base64. */
  identityKey: Type.String(),
  /** SPKI DER in base64. */
  encryptionKey: Type.String(),
  serial: Type.Integer(),
  expiresAt: Type.Number(),
  /** The bundle in base64, and its SHA-256 in hex. */
  bundle: Type.String(),
  hash: Type.String(),
});
export type PeerKeys = Static<typeof Keys>;

const Stored = Type.Object({
  /** Pinned: their identity is the one that counts. */
  keys: Keys,
  /** The person has compared the safety number. */
  verified: Type.Boolean(),
  /** Keys under another identity, that the person has not accepted; null when there are none. */
  changed: Type.Union([Keys, Type.Null()]),
  /** Repairs asked for one after the other without success, and when the last one was (Unix milliseconds). */
  repairs: Type.Integer(),
  repairedAt: Type.Number(),
});
export type Peer = Static<typeof Stored>;

/** Contacts that were seen under protocol v2. Who is here is never spoken to under v1 again. */
export interface PeerTable {
  /** Null for a contact that was not seen under v2. */
  get(contact: number): Peer | null;
  put(contact: number, peer: Peer): void;
  /** Contacts that are here. */
  all(): number[];
}

export function createPeerTable(db: Database, sealer: Sealer): PeerTable {
  const column = rememberOpened(createSealedColumn(sealer, 'peers', 'value', Stored));
  const select = db.prepare<[number], { value: Buffer }>('SELECT value FROM peers WHERE contact = ?');
  const selectAll = db.prepare<[], { contact: number }>('SELECT contact FROM peers ORDER BY contact');
  const replace = db.prepare<[number, Buffer]>('INSERT OR REPLACE INTO peers (contact, value) VALUES (?, ?)');
  return {
    get(contact) {
      const row = select.get(contact);
      return row ? column.open(contact, row.value) : null;
    },
    put: (contact, peer) => void replace.run(contact, column.seal(contact, peer)),
    all: () => selectAll.all().map(({ contact }) => contact),
  };
}
