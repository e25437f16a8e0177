import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AvroRecord } from '@secure-chat/wire/events';
import avsc from 'avsc';
import { onTestFinished } from 'vitest';

interface Version {
  readonly id: number;
  readonly schema: string;
}

/** What the registry does with a request in place of answering it: true when it did. */
export type Trouble = (request: IncomingMessage, response: ServerResponse) => boolean;

const notFound = (code: number) => ({ status: 404, body: { error_code: code, message: 'not found' } });

/** A schema registry of few words, as Confluent's behaves: ids, versions, levels, BACKWARD checks. */
export async function startFakeRegistry(tls?: { readonly cert: string; readonly key: string }) {
  const subjects = new Map<string, Version[]>();
  const levels = new Map<string, string>();
  const schemas: string[] = [];
  const requests: string[] = [];
  const authorizations: (string | undefined)[] = [];
  let trouble: Trouble = () => false;

  const idOf = (schema: string): number => {
    if (!schemas.includes(schema)) schemas.push(schema);
    return schemas.indexOf(schema) + 1;
  };
  const reads = (schema: string, written: string): boolean => {
    try {
      avsc.Type.forSchema(JSON.parse(schema)).createResolver(avsc.Type.forSchema(JSON.parse(written)));
      return true;
    } catch {
      return false;
    }
  };
  const register = (subject: string, schema: string) => {
    const versions = subjects.get(subject) ?? [];
    const known = versions.find((version) => version.schema === schema);
    const last = versions.at(-1);
    if (known) return { status: 200, body: { id: known.id } };
    if (last && levels.get(subject) === 'BACKWARD' && !reads(schema, last.schema))
      return { status: 409, body: { error_code: 409, message: 'incompatible' } };
    const id = idOf(schema);
    subjects.set(subject, [...versions, { id, schema }]);
    return { status: 200, body: { id } };
  };

  const answerTo = (method: string, path: string, body: Record<string, string>) => {
    const [, kind, first = '', second = '', third] = path.split('/').map(decodeURIComponent);
    if (kind === 'config' && method === 'GET') {
      const level = levels.get(first);
      return level ? { status: 200, body: { compatibilityLevel: level } } : notFound(40408);
    }
    if (kind === 'config') {
      levels.set(first, body.compatibility ?? '');
      return { status: 200, body };
    }
    if (kind === 'subjects' && method === 'POST') return register(first, body.schema ?? '');
    const schema = schemas[Number(second) - 1];
    if (kind !== 'schemas' || schema === undefined) return notFound(kind === 'schemas' ? 40403 : 404);
    if (third !== 'versions') return { status: 200, body: { schema } };
    const all = [...subjects].flatMap(([subject, versions]) =>
      versions.map(({ id }, index) => ({ id, subject, version: index + 1 })),
    );
    return { status: 200, body: all.filter(({ id }) => id === Number(second)) };
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request;
    requests.push(`${method} ${url}`);
    authorizations.push(headers.authorization);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (trouble(request, response)) return;
    const { status, body } = answerTo(method, url, JSON.parse(Buffer.concat(chunks).toString() || '{}'));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const server = tls ? createTlsServer(tls, serve) : createServer(serve);
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address ? address.port : port;
  };
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  const port = await listen(0);
  onTestFinished(stop);

  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    /** Method and path of every request. */
    requests,
    /** The header of every request. */
    authorizations,
    levels,
    stop,
    restart: () => listen(port),
    /** From now on. */
    misbehave(how: Trouble) {
      trouble = how;
    },
    recover() {
      trouble = () => false;
    },
    /** As another process would; to its id. */
    register(subject: string, schema: AvroRecord): number {
      const { body } = register(subject, JSON.stringify(schema));
      return 'id' in body ? body.id : 0;
    },
  };
}

/** Answers everything so. */
export const answering =
  (status: number, body: string): Trouble =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    return true;
  };

/** Takes requests and answers none. */
export const silence: Trouble = () => true;

/** Hangs up in the middle of every answer. */
export const cutAnswers: Trouble = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"id":', () => response.destroy());
  return true;
};
