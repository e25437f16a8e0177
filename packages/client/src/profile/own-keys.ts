import { exportCurvePrivateKey, importCurvePrivateKey } from '@secure-chat/crypto/e2ee/curve-keys';
import type { IdentityKeyPair } from '@secure-chat/crypto/e2ee/identity';
import type { Database } from 'better-sqlite3';
import { type Static, Type } from 'typebox';
import { profileDamaged } from '../client-error.ts';
import { createSealedColumn, type Sealer } from './sealed.ts';

/** e2ee.md, "Identity, bundle": one's own identity key, and the bundles that were made under it. */

const StoredIdentity = Type.Object({
  /** PKCS#8 DER in base64. */
  privateKey: Type.String(),
});

const StoredBundle = Type.Object({
  /** SHA-256 of the bundle, in hex. */
  hash: Type.String(),
  /** As it is published, in base64. */
  bundle: Type.String(),
  /** Private halves in base64; null once they are deleted. */
  prekeys: Type.Union([Type.String(), Type.Null()]),
  /** Unix milliseconds, as all that follow. */
  madeAt: Type.Number(),
  /** When the server had it; null before. */
  publishedAt: Type.Union([Type.Number(), Type.Null()]),
  /** When the server had a later one; null before. */
  replacedAt: Type.Union([Type.Number(), Type.Null()]),
});
export type OwnBundle = Static<typeof StoredBundle> & { serial: number };

export interface OwnKeys {
  /** Null in a profile that never had one. */
  identity(): IdentityKeyPair | null;
  setIdentity(identity: IdentityKeyPair): void;
  /** By serial, the newest first. All that were ever made: an account has some fifty in a year. */
  bundles(): OwnBundle[];
  putBundle(bundle: OwnBundle): void;
  /** A new bundle is due. */
  expireNewest(): void;
}

export function createOwnKeys(db: Database, sealer: Sealer): OwnKeys {
  const ROW = 1;
  const identityColumn = createSealedColumn(sealer, 'own_identity', 'value', StoredIdentity);
  const bundleColumn = createSealedColumn(sealer, 'own_bundles', 'value', StoredBundle);
  const selectIdentity = db.prepare<[], { value: Buffer }>('SELECT value FROM own_identity');
  const replaceIdentity = db.prepare<[number, Buffer]>(
    'INSERT OR REPLACE INTO own_identity (id, value) VALUES (?, ?)',
  );
  const selectBundles = db.prepare<[], { serial: number; value: Buffer }>(
    'SELECT serial, value FROM own_bundles ORDER BY serial DESC',
  );
  const replaceBundle = db.prepare<[number, Buffer]>(
    'INSERT OR REPLACE INTO own_bundles (serial, value) VALUES (?, ?)',
  );
  const table: OwnKeys = {
    identity() {
      const row = selectIdentity.get();
      if (!row) return null;
      const der = Buffer.from(identityColumn.open(ROW, row.value).privateKey, 'base64');
      const identity = importCurvePrivateKey('Ed25519', der);
      if (!identity) throw profileDamaged();
      return identity;
    },
    setIdentity(identity) {
      const privateKey = exportCurvePrivateKey(identity).toString('base64');
      replaceIdentity.run(ROW, identityColumn.seal(ROW, { privateKey }));
    },
    bundles: () =>
      selectBundles.all().map(({ serial, value }) => ({ serial, ...bundleColumn.open(serial, value) })),
    putBundle: ({ serial, ...bundle }) => void replaceBundle.run(serial, bundleColumn.seal(serial, bundle)),
    expireNewest() {
      const [newest] = table.bundles();
      if (newest) table.putBundle({ ...newest, madeAt: 0 });
    },
  };
  return table;
}
