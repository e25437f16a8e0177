import { describe, expect, it } from 'vitest';
import { ask } from '../v1-client/http.ts';
import { listOf, member, textMember } from '../v1-client/reading.ts';
import { expectOk } from './expectations.ts';
import { newPerson } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';

const ENDPOINTS = [
  ['get', '/chat/auth/register-challenge'],
  ['post', '/chat/auth/register'],
  ['post', '/chat/auth/login-challenge'],
  ['post', '/chat/auth/login'],
  ['post', '/chat/auth/logout'],
  ['get', '/chat/auth/sessions'],
  ['post', '/chat/auth/sessions/end'],
  ['post', '/chat/auth/password'],
  ['post', '/chat/auth/delete'],
  ['get', '/chat/users'],
  ['post', '/presence'],
  ['get', '/chat/{username}/publickey'],
  ['put', '/chat/keys/bundle'],
  ['get', '/chat/{username}/bundle'],
  ['get', '/key-log'],
  ['post', '/chat/{username}/keyexchange'],
  ['get', '/chat/keyexchange'],
  ['post', '/chat/{username}/send'],
  ['get', '/chat/messages'],
  ['get', '/health'],
  ['get', '/ready'],
] as const;

const ADDITIONS = [
  ['get', '/chat/stream'],
  ['post', '/chat/ack'],
] as const;

export function describePublished(server: ServerUnderTest): void {
  const get = (path: string) => ask(server.url, { method: 'GET', path });

  describe('what anyone may ask', () => {
    it.each(['/health', '/ready'])('%s is 200 and says nothing about users', async (path) => {
      const { name } = await newPerson(server);
      const reply = await get(path);
      expectOk(reply);
      expect(reply.text).not.toContain(name);
    });

    it('/openapi.json is OpenAPI 3.1 with a name and a version', async () => {
      const document = expectOk(await get('/openapi.json'));
      expect(textMember(document, 'openapi')).toMatch(/^3\.1\.\d+$/);
      expect(textMember(member(document, 'info'), 'title')).not.toBe('');
      expect(textMember(member(document, 'info'), 'version')).not.toBe('');
    });

    it.each(ENDPOINTS)('/openapi.json has %s %s with its answers', async (method, path) => {
      const paths = member(expectOk(await get('/openapi.json')), 'paths');
      const responses = member(member(member(paths, path), method), 'responses');
      expect(member(responses, '200')).toBeTypeOf('object');
    });

    it('/openapi.json says where a page of the key log may begin', async () => {
      const paths = member(expectOk(await get('/openapi.json')), 'paths');
      const [parameter, ...others] = listOf(member(member(member(paths, '/key-log'), 'get'), 'parameters'));
      expect(parameter).toMatchObject({ name: 'from', in: 'query', required: false });
      expect(others).toEqual([]);
    });

    it.each(ADDITIONS)('/openapi.json has %s %s exactly when it is served', async (method, path) => {
      const paths = member(expectOk(await get('/openapi.json')), 'paths');
      const { status } = await ask(server.url, { method: method.toUpperCase(), path });
      expect(Object.hasOwn(Object(paths), path)).toBe(status !== 404);
    });
  });
}
