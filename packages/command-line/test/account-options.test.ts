import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createAuthority } from '../../../tools/certificates.ts';
import { type AccountValues, readAccountOptions } from '../src/account-options.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'account-options-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function trust(values: AccountValues, cwd = '/') {
  const read = readAccountOptions(values, { env: {}, cwd });
  return 'options' in read ? read.options.trust : read.errors;
}

it('trusts what Node does, and lets no plain HTTP out, unless it is told to', () => {
  expect(trust({})).toEqual({ ca: null, insecureHttp: false });
  expect(trust({ 'insecure-http': true })).toEqual({ ca: null, insecureHttp: true });
});

it('reads the authorities of --ca, from the folder of the shell', () => {
  const cwd = folder();
  const { cert } = createAuthority();
  writeFileSync(join(cwd, 'ca.pem'), cert);
  expect(trust({ ca: 'ca.pem' }, cwd)).toEqual({ ca: cert, insecureHttp: false });
});

it('says what is wrong with --ca beside the other mistakes', () => {
  const cwd = folder();
  writeFileSync(join(cwd, 'ca.pem'), 'nothing');
  expect(trust({ ca: 'ca.pem', server: 'x' }, cwd)).toEqual([
    expect.stringContaining('--server must be'),
    `--ca must be a file with certificates, in PEM: ${join(cwd, 'ca.pem')}`,
  ]);
  expect(trust({ ca: 'none.pem' }, cwd)).toEqual([`--ca cannot be read (ENOENT): ${join(cwd, 'none.pem')}`]);
});
