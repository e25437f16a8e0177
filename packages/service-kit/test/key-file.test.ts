import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { followKeyFile, makeKeyFile, replaceKeyFile } from '../src/key-file.ts';
import { createLogger } from '../src/logger.ts';
import { temporaryFolder } from './temporary-folder.ts';

const [OLD, NEW] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

function follow() {
  const folder = temporaryFolder();
  const file = join(folder, 'service.key');
  replaceKeyFile(file, [OLD]);
  const lines: string[] = [];
  const read = followKeyFile(file, createLogger('keys', 'info', { write: (line) => void lines.push(line) }));
  return { folder, file, lines, read };
}

describe('the file of the service keys', () => {
  it('is read when it is another one, and not otherwise', () => {
    const { file, read } = follow();
    const before = read();
    expect(before).toEqual([OLD]);
    expect(read()).toBe(before);
    replaceKeyFile(file, [NEW, OLD]);
    const after = read();
    expect(after).toEqual([NEW, OLD]);
    expect(read()).toBe(after);
  });

  it('that is changed where it is, is read, too', () => {
    const { file, read } = follow();
    writeFileSync(file, `${NEW.toString('hex')}\n\n${OLD.toString('hex')}`);
    expect(read()).toEqual([NEW, OLD]);
  });

  it.each(['', 'nothing', 'c0ffee'.repeat(11), `${'ab'.repeat(32)}\n`.repeat(2)])(
    'that came to hold %j is logged once, without that, and the keys of before stay',
    (text) => {
      const { file, lines, read } = follow();
      writeFileSync(file, text);
      expect([read(), read()]).toEqual([[OLD], [OLD]]);
      expect(lines).toHaveLength(1);
      expect(lines.join()).toContain('the service keys of before are used further');
      expect(lines.join()).not.toMatch(/c0ffee|abab/);
      replaceKeyFile(file, [NEW]);
      expect(read()).toEqual([NEW]);
    },
  );

  it('that is gone is logged once, and the keys of before stay until it is there again', () => {
    const { file, lines, read } = follow();
    rmSync(file);
    expect([read(), read()]).toEqual([[OLD], [OLD]]);
    expect(lines).toHaveLength(1);
    replaceKeyFile(file, [NEW]);
    expect(read()).toEqual([NEW]);
  });

  it('is replaced as a whole, at mode 0600, whatever a crash has left beside it', () => {
    const { folder, file, read } = follow();
    writeFileSync(`${file}.next`, 'half of a ke');
    replaceKeyFile(file, [NEW, OLD]);
    expect(readFileSync(file, 'utf8')).toBe(`${NEW.toString('hex')}\n${OLD.toString('hex')}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['service.key']);
    expect(read()).toEqual([NEW, OLD]);
  });

  it('is kept when it is to be made again, and what a crash has left beside it goes', () => {
    const { folder, file, read } = follow();
    writeFileSync(`${file}.next`, NEW.toString('hex'));
    makeKeyFile(file);
    expect(readdirSync(folder)).toEqual(['service.key']);
    expect(read()).toEqual([OLD]);
  });
});
