import { existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../src/config.ts';
import { makeDataFolder } from '../src/data-folder.ts';
import { loadServiceKeys } from '../src/load-service-keys.ts';
import { createLogger } from '../src/logger.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('the data folder', () => {
  it('is made with those above it, for its owner alone, and left as it is when it is there', () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    for (let start = 0; start < 2; start += 1) {
      makeDataFolder(folder);
      expect(statSync(folder).mode & 0o777).toBe(0o700);
    }
  });

  it('is made, too, when the key is configured', () => {
    const folder = join(temporaryFolder(), 'a');
    loadServiceKeys({ keys: [Buffer.alloc(32)], file: null }, folder, createLogger('keys', 'fatal'));
    expect(existsSync(folder)).toBe(true);
  });

  it('that the system refuses is a readable refusal, at once', () => {
    expect(() => makeDataFolder('/proc/nope/data')).toThrow(ConfigError);
    expect(() => makeDataFolder('/proc/nope/data')).toThrow(/^DATA_DIR cannot be used: \/proc\/nope\/data: /);
  });

  it('may not be a link to nowhere', () => {
    const link = join(temporaryFolder(), 'link');
    symlinkSync('/nowhere/at/all', link);
    expect(() => makeDataFolder(link)).toThrow(ConfigError);
  });

  it('may not be a file, nor lie in one', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(() => makeDataFolder(file)).toThrow('it is a file');
    expect(() => makeDataFolder(join(file, 'data'))).toThrow(ConfigError);
  });
});
