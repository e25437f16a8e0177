import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { databasePlace, databaseSettings } from '../src/database-config.ts';
import { temporaryFolder } from './temporary-folder.ts';

const read = (env: Record<string, string>) => readConfig(databaseSettings, env).DATABASE_URL;
const parse = (url: string) => {
  const server = read({ DATABASE_URL: url });
  return server && { ...server, password: server.password() };
};

function passwordFile(text: string): string {
  const file = join(temporaryFolder(), 'password');
  writeFileSync(file, text);
  chmodSync(file, 0o444);
  return file;
}

describe('DATABASE_URL', () => {
  it('names a server, a database and a user; an empty one counts as absent', () => {
    const plain = { host: 'db', port: 5432, database: 'chat', user: 'me', password: '', tls: false };
    expect(parse('postgres://me@db/chat')).toEqual(plain);
    expect(parse('postgresql://me:p%40%2F%3A%C3%A9@db:6000/chat?sslmode=disable')).toEqual({
      ...plain,
      port: 6000,
      password: 'p@/:é',
    });
    expect(parse('postgres://me@[::1]/a%20b')).toEqual({ ...plain, host: '::1', database: 'a b' });
    expect([read({}), read({ DATABASE_URL: '' })]).toEqual([null, null]);
  });

  it('says by sslmode whether TLS is used, and whether the server has to prove who it is', () => {
    const tls = (mode: string) => parse(`postgres://me@db/chat?sslmode=${mode}`)?.tls;
    expect(tls('disable')).toBe(false);
    expect(tls('require')).toEqual({ rejectUnauthorized: false });
    expect(tls('verify-full')).toEqual({ rejectUnauthorized: true });
  });

  it.each([
    'me:canary@db/chat',
    'mysql://me:canary@db/chat',
    'postgres://me:canary@db',
    'postgres://me:canary@db/',
    'postgres://me:canary@db/a/b',
    'postgres://me:canary@/chat',
    'postgres://:canary@db/chat',
    'postgres://me:canary@db:port/chat',
    'postgres://me:canary@db:99999/chat',
    'postgres://me:canary%00@db/chat',
    'postgres://me:canary%@db/chat',
    'postgres://me:canary@db/chat#x',
    'postgres://me:canary#@db/chat',
    'postgres://me:canary@db/chat?sslmode=',
    'postgres://me:canary@db/chat?sslmode=prefer',
    'postgres://me:canary@db/chat?sslmode=toString',
    'postgres://me:canary@db/chat?sslmode=require&sslmode=disable',
    'postgres://me:canary@db/chat?password=canary',
  ])('is refused, and never repeated, when it is %s', (url) => {
    expect(() => read({ DATABASE_URL: url })).toThrow(/^DATABASE_URL (?!.*canary)(must|may) /s);
  });

  it('has its password in a secret where it names none', () => {
    const url = 'postgres://me@db/chat';
    expect(read({ DATABASE_URL: url, DATABASE_PASSWORD: ' p@:/ ' })?.password()).toBe(' p@:/ ');
    const env = { DATABASE_URL: url, DATABASE_PASSWORD_FILE: passwordFile(' p@:/ \n') };
    expect(read(env)?.password()).toBe(' p@:/ ');
    expect(read({ DATABASE_PASSWORD_FILE: '/missing' })).toBeNull();
  });

  it('is refused with two passwords, or without the one that a file should hold', () => {
    const url = 'postgres://me@db/chat';
    const refuse = (env: Record<string, string>) => expect(() => read(env));
    const file = passwordFile('canary');
    refuse({ DATABASE_URL: 'postgres://me:canary@db/chat', DATABASE_PASSWORD_FILE: file }).toThrow(
      /^DATABASE_URL has a password, and (?!.*canary)/,
    );
    refuse({ DATABASE_URL: url, DATABASE_PASSWORD: 'canary', DATABASE_PASSWORD_FILE: file }).toThrow(
      /DATABASE_PASSWORD and DATABASE_PASSWORD_FILE are both given(?!.*canary)/,
    );
    refuse({ DATABASE_URL: url, DATABASE_PASSWORD_FILE: '/missing' }).toThrow(
      'DATABASE_PASSWORD of DATABASE_PASSWORD_FILE /missing: cannot be read (ENOENT)',
    );
    for (const text of ['', '\n', 'canary\ncanary\n'])
      refuse({ DATABASE_URL: url, DATABASE_PASSWORD_FILE: passwordFile(text) }).toThrow(
        /(?<!canary.*)must hold (?!.*canary)/s,
      );
  });

  it('shows no password when it is printed', () => {
    expect(inspect(read({ DATABASE_URL: 'postgres://me:canary@db/chat' }), { depth: 9 })).not.toContain(
      'canary',
    );
  });
});

describe('the tables of a service', () => {
  it('are in a schema of its name on the server, or in a file of its name', () => {
    const server = read({ DATABASE_URL: 'postgres://me@db/chat' });
    expect(databasePlace('auth', { DATABASE_URL: server, DATA_DIR: '/data' })).toEqual({
      server,
      schema: 'auth',
    });
    expect(databasePlace('auth', { DATABASE_URL: null, DATA_DIR: '/data' })).toEqual({
      file: '/data/auth.db',
    });
  });
});
