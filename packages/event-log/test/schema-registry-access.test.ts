import { inspect } from 'node:util';
import { RECORDS } from '@secure-chat/wire/events';
import { describe, expect, it } from 'vitest';
import { createAuthority } from '../../../tools/certificates.ts';
import { createSchemaRegistry } from '../src/codecs/schema-registry.ts';
import { answering, startFakeRegistry } from './fake-registry.ts';

const authority = createAuthority();
const certificate = authority.issue({ names: ['127.0.0.1'] });
const login = { username: 'chat', password: 'canary: ü' };

describe('a schema registry over https', () => {
  it('is believed by the certificate of an authority of one’s own', async () => {
    const { url, requests } = await startFakeRegistry(certificate);
    const registry = createSchemaRegistry({ url, ca: authority.cert });
    expect(await registry.register(RECORDS.user)).toBe(1);
    expect(requests).not.toEqual([]);
  });

  it.each([
    ['of an authority that the system does not know', certificate, undefined],
    ['of another authority', certificate, createAuthority('Other').cert],
    ['of another name', authority.issue({ names: ['registry.example'] }), authority.cert],
  ])('with a certificate %s gets no request, and why is said', async (_, shown, ca) => {
    const { url, requests } = await startFakeRegistry(shown);
    const registry = createSchemaRegistry({ url, login, ...(ca !== undefined && { ca }) });
    await expect(registry.register(RECORDS.user)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/certificate|altnames/),
    });
    expect(requests).toEqual([]);
  });
});

describe('a schema registry with a login', () => {
  it('gets it with every request, and none is sent where the settings have none', async () => {
    const { url, authorizations } = await startFakeRegistry();
    await createSchemaRegistry({ url, login }).register(RECORDS.user);
    const basic = `Basic ${Buffer.from('chat:canary: ü').toString('base64')}`;
    expect(new Set(authorizations)).toEqual(new Set([basic]));
    authorizations.length = 0;
    await createSchemaRegistry({ url }).register(RECORDS.user);
    expect(new Set(authorizations)).toEqual(new Set([undefined]));
  });

  it('that refuses it is named, without the login', async () => {
    const fake = await startFakeRegistry();
    fake.misbehave(answering(401, '{"error_code":401,"message":"Unauthorized"}'));
    const error: unknown = await createSchemaRegistry({ url: fake.url, login })
      .register(RECORDS.user)
      .catch((reason: unknown) => reason);
    expect(String(error)).toMatch(
      /the schema registry refuses to register the schema of chat\.users-value: .*401/,
    );
    expect(inspect(error, { depth: 10 })).not.toMatch(/canary|Basic/);
  });

  it('does not get it at another place to which it leads', async () => {
    const elsewhere = await startFakeRegistry();
    const fake = await startFakeRegistry();
    fake.misbehave((_, response) => {
      response.writeHead(307, { location: `${elsewhere.url}/config/x` }).end();
      return true;
    });
    const registry = createSchemaRegistry({ url: fake.url, login });
    await expect(registry.register(RECORDS.user)).rejects.toMatchObject({ code: 'unavailable' });
    expect(elsewhere.requests).toEqual([]);
  });
});
