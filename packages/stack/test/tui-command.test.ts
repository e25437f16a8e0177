import { expect, it } from 'vitest';
import { createAuthority, selfSigned } from '../../../tools/certificates.ts';
import { tuiCommand } from '../src/tui-command.ts';

it.each(['http://127.0.0.1:8000', 'http://[::1]:8000', 'http://localhost:1'])(
  'names the address %s',
  (url) => {
    expect(tuiCommand(url, null)).toBe(`npm run tui -- --server ${url}`);
  },
);

it('says what a client wants for plain HTTP to another machine', () => {
  expect(tuiCommand('http://192.0.2.7:8000', null)).toBe(
    'npm run tui -- --server http://192.0.2.7:8000 --insecure-http',
  );
});

it('names the host that the certificate is for, and the address where that names none', () => {
  const { cert } = selfSigned({ names: ['chat.example'] });
  expect(tuiCommand('https://192.0.2.7:8443', cert)).toBe(
    'npm run tui -- --server https://chat.example:8443',
  );
  const wild = createAuthority().issue({ names: ['*.example'] });
  expect(tuiCommand('https://192.0.2.7:8443', wild.cert)).toBe(
    'npm run tui -- --server https://192.0.2.7:8443',
  );
});
