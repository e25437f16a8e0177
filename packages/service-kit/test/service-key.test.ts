import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { deriveKey, loadServiceKey } from '../src/service-key.ts';
import { temporaryFolder } from './temporary-folder.ts';

const LOADER = fileURLToPath(new URL('load-key.ts', import.meta.url));

async function startLoader(folder: string): Promise<ChildProcessByStdio<Writable, Readable, null>> {
  const child = spawn(process.execPath, ['--import', 'tsx', LOADER, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('the service key', () => {
  it('is made once, in a file of mode 0600 that holds 64 hex digits', () => {
    const folder = join(temporaryFolder(), 'data');
    const key = loadServiceKey(null, folder);
    expect(key).toHaveLength(32);
    expect(loadServiceKey(null, folder)).toEqual(key);
    expect(readFileSync(join(folder, 'service.key'), 'utf8')).toBe(`${key.toString('hex')}\n`);
    expect(statSync(join(folder, 'service.key')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('is taken back from other users who could read its file', () => {
    const folder = temporaryFolder();
    const key = loadServiceKey(null, folder);
    chmodSync(join(folder, 'service.key'), 0o644);
    expect(loadServiceKey(null, folder)).toEqual(key);
    expect(statSync(join(folder, 'service.key')).mode & 0o777).toBe(0o600);
  });

  it('is another one in another folder', () => {
    expect(loadServiceKey(null, temporaryFolder())).not.toEqual(loadServiceKey(null, temporaryFolder()));
  });

  it('is the configured one where there is one, and then no file is made', () => {
    const folder = temporaryFolder();
    const configured = Buffer.alloc(32, 7);
    expect(loadServiceKey(configured, folder)).toBe(configured);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is the same for several processes that start at once', async () => {
    const folder = temporaryFolder();
    const loaders = await Promise.all(Array.from({ length: 4 }, () => startLoader(folder)));
    const keys = await Promise.all(
      loaders.map(async (loader) => {
        loader.stdin.write('go');
        const [chunk] = await once(loader.stdout, 'data');
        return String(chunk);
      }),
    );
    const file = readFileSync(join(folder, 'service.key'), 'utf8').trim();
    expect(keys).toEqual([file, file, file, file]);
    expect(readdirSync(folder)).toEqual(['service.key']);
  });

  it.each(['', 'ab'.repeat(31), 'zz'.repeat(32), `${'ab'.repeat(32)}00`])(
    'is refused, and the file left alone, when that holds %j',
    (text) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, 'service.key'), text);
      expect(() => loadServiceKey(null, folder)).toThrow(/does not hold a service key/);
      expect(readFileSync(join(folder, 'service.key'), 'utf8')).toBe(text);
      expect(readdirSync(folder)).toEqual(['service.key']);
    },
  );

  it('is not in the error about a damaged file', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'service.key'), 'c0ffee'.repeat(11));
    expect(() => loadServiceKey(null, folder)).toThrow(/^(?!.*c0ffee)/s);
  });
});

describe('a derived key', () => {
  it('is the one that pyca/cryptography derives', () => {
    // HKDF(SHA256(), 32, salt=None, info=b'secure-chat/seal/v1').derive(bytes(range(32))).hex()
    const serviceKey = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
    expect(deriveKey(serviceKey, 'seal').toString('hex')).toBe(
      '7235c74ebb037c8b06c50239c25ac6cb1243275fcf85c3a40156b980f454749f',
    );
  });

  it('is another one for another purpose or another service key', () => {
    const [one, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const keys = [deriveKey(one, 'seal'), deriveKey(one, 'decoys'), deriveKey(other, 'seal')];
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(3);
  });
});
