import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { loadServiceKeys } from '../src/load-service-keys.ts';
import { createLogger } from '../src/logger.ts';
import { serviceKey } from '../src/service-key-setting.ts';
import { keyId } from '../src/service-keys.ts';
import { temporaryFolder } from './temporary-folder.ts';

const LOADER = fileURLToPath(new URL('load-key.ts', import.meta.url));

async function startLoader(folder: string): Promise<ChildProcessByStdio<Writable, Readable, null>> {
  const child = spawn(process.execPath, ['--import', 'tsx', LOADER, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

const SILENT = createLogger('keys', 'silent');
const load = (folder: string) => loadServiceKeys(null, folder, SILENT);
const [OLD, NEW] = [Buffer.alloc(32, 0xab), Buffer.alloc(32, 2)];

function fileWith(folder: string, ...keys: readonly Buffer[]): string {
  const file = join(folder, 'draft');
  writeFileSync(file, keys.map((key) => `${key.toString('hex')}\n`).join(''));
  return file;
}

describe('the service key', () => {
  it('is made once, in a file of mode 0600 that holds 64 hex digits', () => {
    const folder = join(temporaryFolder(), 'data');
    const [key] = load(folder).all();
    expect(key).toHaveLength(32);
    expect(load(folder).all()).toEqual([key]);
    expect(readFileSync(join(folder, 'service.key'), 'utf8')).toBe(`${key.toString('hex')}\n`);
    expect(statSync(join(folder, 'service.key')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it.each(['auth.db', 'event-log.db'])(
    'that is missing beside %s is asked for, and no other one is made',
    (name) => {
      const folder = temporaryFolder();
      const file = join(folder, 'service.key');
      writeFileSync(join(folder, name), '');
      expect(() => load(folder)).toThrow(`${file} is missing, and ${name} is there`);
      expect(() => load(folder)).toThrow('put the key back');
      expect(readdirSync(folder)).toEqual([name]);
      renameSync(fileWith(folder, OLD), file);
      expect(load(folder).all()).toEqual([OLD]);
    },
  );

  it('of an operator is enough beside databases', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'auth.db'), '');
    const given = { keys: [OLD], file: null } as const;
    expect(loadServiceKeys(given, folder, SILENT).all()).toEqual([OLD]);
    expect(readdirSync(folder)).toEqual(['auth.db']);
  });

  it('is taken back from other users who could read its file', () => {
    const folder = temporaryFolder();
    const [key] = load(folder).all();
    chmodSync(join(folder, 'service.key'), 0o644);
    expect(load(folder).all()).toEqual([key]);
    expect(statSync(join(folder, 'service.key')).mode & 0o777).toBe(0o600);
  });

  it('is another one in another folder', () => {
    expect(load(temporaryFolder()).all()).not.toEqual(load(temporaryFolder()).all());
  });

  it('is the given one where there is one, and then no file is made and none replaced', () => {
    const folder = temporaryFolder();
    const given = { keys: [Buffer.alloc(32, 7)], file: null } as const;
    const keys = loadServiceKeys(given, folder, SILENT);
    expect(keys).toMatchObject({ replace: null, source: 'SERVICE_KEY' });
    expect(keys.all()).toBe(given.keys);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is that of the file of an operator, who may change it while processes run; it is not replaced', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'given');
    writeFileSync(file, `${'ab'.repeat(32)}\n`, { mode: 0o400 });
    const setting = readConfig({ SERVICE_KEY: serviceKey }, { SERVICE_KEY_FILE: file });
    const keys = loadServiceKeys(setting.SERVICE_KEY, join(folder, 'data'), SILENT);
    expect(keys).toMatchObject({ replace: null, source: file });
    renameSync(fileWith(folder, NEW, OLD), file);
    expect(keys.all()).toEqual([NEW, OLD]);
    expect(readdirSync(join(folder, 'data'))).toEqual([]);
  });

  it('may be replaced by several, newest first, and another process knows them at once', () => {
    const folder = temporaryFolder();
    const [one, other] = [load(folder), load(folder)];
    const [old] = one.all();
    const ring = other.for('seal');
    expect(ring.newest().id).toBe(keyId(old));
    one.replace?.([NEW, old]);
    expect(ring.all().map(({ id }) => id)).toEqual([keyId(NEW), keyId(old)]);
    one.replace?.([NEW]);
    expect(ring.find(keyId(old))).toBeNull();
    expect(ring.newest().id).toBe(keyId(NEW));
    expect(statSync(join(folder, 'service.key')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['service.key']);
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
      expect(() => load(folder)).toThrow(/does not hold service keys/);
      expect(readFileSync(join(folder, 'service.key'), 'utf8')).toBe(text);
      expect(readdirSync(folder)).toEqual(['service.key']);
    },
  );

  it('is not in the error about a damaged file', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'service.key'), 'c0ffee'.repeat(11));
    expect(() => load(folder)).toThrow(/^(?!.*c0ffee)/s);
  });
});
