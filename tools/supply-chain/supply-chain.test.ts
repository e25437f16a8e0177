import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAudit } from './audit.ts';
import { imageProblems } from './images.ts';
import { installScriptProblems } from './install-scripts.ts';
import { licenceProblems } from './licences.ts';
import { type LockedPackage, lockedPackages } from './lockfile.ts';
import { sbomOf } from './sbom.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const one = (about: Partial<LockedPackage>): LockedPackage => ({
  name: 'one',
  version: '1.0.0',
  hasHash: true,
  licence: 'MIT',
  hasInstallScript: false,
  isDevelopmentOnly: false,
  ...about,
});

describe('the lock file', () => {
  it('is read whole: names also of packages inside packages, and none of ours', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lockfile-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const packages = {
      '': { name: 'root' },
      'packages/ours': { version: '0.1.0' },
      'node_modules/@us/ours': { link: true, resolved: 'packages/ours' },
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-x', license: 'MIT', hasInstallScript: true },
      'node_modules/a/node_modules/@b/c': {
        version: '2.0.0',
        integrity: 'sha512-x',
        license: 'ISC',
        dev: true,
      },
      'node_modules/d': { version: '3.0.0' },
    };
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
    expect(lockedPackages(folder)).toEqual([
      one({ name: 'a', hasInstallScript: true }),
      one({ name: '@b/c', version: '2.0.0', licence: 'ISC', isDevelopmentOnly: true }),
      one({ name: 'd', version: '3.0.0', licence: null, hasHash: false }),
    ]);
    writeFileSync(join(folder, 'package-lock.json'), '{}');
    expect(() => lockedPackages(folder)).toThrow('names no package');
  });

  it('of this project passes', () => {
    const packages = lockedPackages(ROOT);
    const { allowScripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(installScriptProblems(packages, allowScripts)).toEqual([]);
    expect(licenceProblems(packages)).toEqual([]);
    expect(packages.filter(({ hasHash }) => !hasHash)).toEqual([]);
  });

  it('and the manifests of this project name exact versions', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
    const ours = Object.entries<Record<string, object>>(packages).filter(
      ([path]) => !path.includes('node_modules/'),
    );
    for (const [path, { dependencies = {}, devDependencies = {} }] of ours)
      for (const version of Object.values({ ...dependencies, ...devDependencies }))
        expect(version, path).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('an install script', () => {
  const scripted = one({ hasInstallScript: true });

  it('is decided on, whether it may run or not', () => {
    for (const decision of [true, false])
      expect(installScriptProblems([scripted], { one: decision })).toEqual([]);
    expect(installScriptProblems([scripted], {})).toEqual([
      'one has an install script, and allowScripts does not say whether it may run',
    ]);
  });

  it('that is no more there takes its decision along', () => {
    expect(installScriptProblems([one({})], { one: true })).toEqual([
      'allowScripts names one, which has no install script',
    ]);
  });
});

describe('a licence', () => {
  it.each(['MIT', 'Apache-2.0', '(MIT OR WTFPL)', 'GPL-3.0 OR ISC', 'MIT AND 0BSD'])(
    'may be %s',
    (licence) => {
      expect(licenceProblems([one({ licence })])).toEqual([]);
    },
  );

  it.each([
    'GPL-3.0',
    'AGPL-3.0-only',
    'MIT AND GPL-3.0',
    '(MIT OR (GPL-3.0 AND ISC)',
    'SEE LICENSE IN x',
    'mit',
  ])('may not be %s', (licence) => {
    expect(licenceProblems([one({ licence })])).toEqual([`one 1.0.0 is under ${licence}`]);
  });

  it('that none is named is a problem, too', () => {
    expect(licenceProblems([one({ licence: null })])).toEqual(['one 1.0.0 names no licence']);
  });

  it('may be MPL-2.0 where it is a tool of development, and not where it runs', () => {
    const licence = 'MPL-2.0';
    expect(licenceProblems([one({ licence, isDevelopmentOnly: true })])).toEqual([]);
    expect(licenceProblems([one({ licence })])).toHaveLength(1);
  });
});

describe('an audit', () => {
  const report = (severity: string): string =>
    JSON.stringify({ vulnerabilities: { one: { severity, range: '<2' } }, metadata: {} });

  it.each(['high', 'critical'])('with a vulnerability that is %s names it', (severity) => {
    expect(readAudit(report(severity))).toEqual({ kind: 'vulnerable', problems: [`one <2: ${severity}`] });
  });

  it.each(['info', 'low', 'moderate'])('with one that is %s is passed', (severity) => {
    expect(readAudit(report(severity))).toEqual({ kind: 'clean', lesser: 1 });
  });

  it.each([
    ['nothing at all', '', 'no report'],
    [
      'that the registry has no such thing',
      '{"message":"405 Not Allowed - POST https://mirror.invalid/x","error":{"summary":""}}',
      '405 Not Allowed',
    ],
    [
      'that nobody was reached',
      '{"error":{"code":"ENOTFOUND","summary":"request failed"}}',
      'request failed',
    ],
  ])('that says %s is no answer', (_what, output, reason) => {
    expect(readAudit(output)).toEqual({ kind: 'unknown', reason });
  });
});

describe('an image', () => {
  it.each(['node', 'node:latest', 'registry.invalid:5000/kafka'])(
    'names a version, which %s does not',
    (image) => {
      expect(imageProblems(`services:\n  a:\n    image: ${image}\n`)).toEqual([`${image} names no version`]);
      expect(imageProblems(`FROM ${image} AS built\n`)).toEqual([`${image} names no version`]);
    },
  );

  it.each(['node:24-bookworm', 'apache/kafka:4.1.0', `node:24@sha256:${'0'.repeat(64)}`])(
    'is well as %s',
    (image) => {
      expect(imageProblems(`FROM ${image}\n`)).toEqual([]);
    },
  );

  it('of ours is the one that was built', () => {
    expect(imageProblems(`    image: $\{IMAGE:-secure-chat}\n`)).toEqual([]);
  });
});

it('the bill of materials names what runs, and no tool of development', async () => {
  const { bomFormat, metadata, components } = JSON.parse(await sbomOf(ROOT));
  expect(bomFormat).toBe('CycloneDX');
  expect(metadata.component).toMatchObject({ name: 'secure-chat', type: 'application' });
  const names = components.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(['fastify', 'better-sqlite3', 'prom-client']));
  for (const tool of ['vitest', 'typescript', '@biomejs/biome']) expect(names).not.toContain(tool);
});
