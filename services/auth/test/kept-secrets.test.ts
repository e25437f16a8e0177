import { openDatabase } from '@secure-chat/service-kit/database';
import { createSeal } from '@secure-chat/service-kit/seal';
import { fixedKeys, type Keys } from '@secure-chat/service-kit/service-keys';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DATABASES } from '../../../tools/postgres/databases.ts';
import { createKeptSecrets } from '../src/kept-secrets.ts';
import { migrations } from '../src/migrations/index.ts';

const [OLD, NEW] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const sealUnder = (...keys: Keys) => createSeal(fixedKeys(...keys).for('seal'));

describe.each(DATABASES)('a secret that auth keeps in $kind', ({ fresh }) => {
  const open = async () => {
    const database = await openDatabase(await fresh(), migrations);
    onTestFinished(() => database.destroy());
    return { database, under: (...keys: Keys) => createKeptSecrets(database, sealUnder(...keys)) };
  };

  it('is made once, 32 bytes, sealed, and another one under another name', async () => {
    const { database, under } = await open();
    const secret = await under(OLD).get('decoys');
    expect(secret).toHaveLength(32);
    expect(await under(OLD).get('decoys')).toEqual(secret);
    expect(await under(OLD).get('other')).not.toEqual(secret);
    expect(JSON.stringify(await database('kept_secrets'))).not.toContain(secret.toString('hex'));
  });

  it('stays the same under a new key, and opens under the old one no more', async () => {
    const { under } = await open();
    const secret = await under(OLD).get('decoys');
    const both = under(NEW, OLD);
    await both.reseal();
    await both.reseal();
    expect(await under(NEW).get('decoys')).toEqual(secret);
    await expect(under(OLD).get('decoys')).rejects.toThrow('is SERVICE_KEY the one that sealed it?');
  });

  it('that no key opens stays as it is', async () => {
    const { under } = await open();
    const secret = await under(OLD).get('decoys');
    await under(NEW).reseal();
    expect(await under(OLD).get('decoys')).toEqual(secret);
  });
});
