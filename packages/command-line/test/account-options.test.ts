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
  expect(trust({})).toEqual({ ca: null, insecureHttp: false, pin: null });
  expect(trust({ 'insecure-http': true })).toEqual({ ca: null, insecureHttp: true, pin: null });
});

it('reads the authorities of --ca, from the folder of the shell', () => {
  const cwd = folder();
  const { cert } = createAuthority();
  writeFileSync(join(cwd, 'ca.pem'), cert);
  expect(trust({ ca: 'ca.pem' }, cwd)).toEqual({ ca: cert, insecureHttp: false, pin: null });
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

it('reads the key of --pin in either case, or what is to be done about one', () => {
  const key = `sha256:${'ab'.repeat(32)}`;
  expect(trust({ pin: key.toUpperCase() })).toMatchObject({ pin: key });
  expect(trust({ pin: 'first' })).toMatchObject({ pin: 'first' });
  expect(trust({ pin: 'none' })).toMatchObject({ pin: 'none' });
});

it.each(['', 'yes', 'sha256:', `sha256:${'ab'.repeat(31)}`, `sha1:${'ab'.repeat(32)}`, 'ab'.repeat(32)])(
  'refuses --pin %j, and says what it is',
  (pin) => {
    expect(trust({ pin })).toEqual([
      `--pin must be the key of a server (sha256: and 64 hex digits), "first" for the one that it shows now, or "none" to forget it, not ${JSON.stringify(pin)}`,
    ]);
  },
);
