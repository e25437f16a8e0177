import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { Type } from 'typebox';
import { profileDamaged } from '../client-error.ts';
import { createSealedColumn, type Sealer } from './sealed.ts';

/** Who the profile belongs to. */
export interface Identity {
  username: string;
  privateKey: KeyObject;
  /**
   * 64 hex characters that stand where the contract has the password hash, which to the server is opaque. Random: the
   * server learns nothing with which to guess the password that locks the profile.
   */
  loginSecret: string;
  /** What is to replace it, while it is not known whether the server has taken it; else null. */
  nextSecret: string | null;
  /** False until the server has said that the account exists. */
  registered: boolean;
  /** Of the account: `asked` while it is not known whether the server has done it, `done` once it has; else null. */
  deletion: 'asked' | 'done' | null;
  /** Where the account is: the server that the profile last signed in at. Null in profiles of earlier versions. */
  server: string | null;
  /** The keys by which alone servers are known, by address. */
  pins: Readonly<Record<string, string>>;
}

const Stored = Type.Object({
  username: Type.String(),
  /** PKCS#8 DER in base64. */
  privateKey: Type.String(),
  loginSecret: Type.String(),
  nextSecret: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  registered: Type.Boolean(),
  deletion: Type.Optional(Type.Union([Type.Literal('asked'), Type.Literal('done'), Type.Null()])),
  server: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  pins: Type.Optional(Type.Record(Type.String(), Type.String())),
});

const ROW = 1;

export interface IdentityTable {
  get(): Identity;
  put(identity: Identity): void;
}

export function createIdentityTable(db: Database, sealer: Sealer): IdentityTable {
  const column = createSealedColumn(sealer, 'identity', 'value', Stored);
  const select = db.prepare<[], { value: Buffer }>('SELECT value FROM identity');
  const replace = db.prepare<[number, Buffer]>('INSERT OR REPLACE INTO identity (id, value) VALUES (?, ?)');
  return {
    get() {
      const row = select.get();
      if (!row) throw profileDamaged();
      const {
        privateKey,
        server = null,
        pins = {},
        nextSecret = null,
        deletion = null,
        ...stored
      } = column.open(ROW, row.value);
      const der = Buffer.from(privateKey, 'base64');
      return {
        ...stored,
        server,
        pins,
        nextSecret,
        deletion,
        privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
      };
    },
    put({ privateKey, ...identity }) {
      const der = privateKey.export({ format: 'der', type: 'pkcs8' });
      replace.run(ROW, column.seal(ROW, { ...identity, privateKey: der.toString('base64') }));
    },
  };
}
