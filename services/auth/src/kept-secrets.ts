import { randomBytes } from 'node:crypto';
import type { Knex } from '@secure-chat/service-kit/database';
import type { Seal } from '@secure-chat/service-kit/seal';

interface SecretRow {
  name: string;
  sealed_value: string;
}

/** Secrets of auth's own that stay the same when service keys are rotated. They are sealed in its database. */
export interface KeptSecrets {
  /** 32 random bytes, made when they are first asked for. Throws when no service key opens them. */
  get(name: string): Promise<Buffer>;
  /** Seals anew what is not under the newest key. Those that no key opens stay as they are. */
  reseal(): Promise<void>;
}

const place = (name: string): string => `auth/kept_secrets/${name}/value`;

export function createKeptSecrets(database: Knex, seal: Seal): KeptSecrets {
  const rows = () => database<SecretRow>('kept_secrets');
  return {
    async get(name) {
      const made = seal.seal(randomBytes(32).toString('hex'), place(name));
      await rows().insert({ name, sealed_value: made }).onConflict('name').ignore();
      const row = await rows().where({ name }).first();
      const value = row && seal.open(row.sealed_value, place(name));
      if (!value) throw new Error('a secret of auth does not open: is SERVICE_KEY the one that sealed it?');
      return Buffer.from(value, 'hex');
    },
    async reseal() {
      for (const { name, sealed_value } of await rows()) {
        const value = seal.isCurrent(sealed_value) ? null : seal.open(sealed_value, place(name));
        if (value !== null)
          await rows()
            .where({ name })
            .update({ sealed_value: seal.seal(value, place(name)) });
      }
    },
  };
}
