import { request } from 'node:http';
import { adminSocketPath } from '@secure-chat/service-kit/admin/socket-path';
import { ErrorBody } from '@secure-chat/wire/errors';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { AdminError, EXIT } from './exit-codes.ts';

/** Milliseconds for an answer: ending a thousand sessions, on a log that is away for a while. */
const ANSWER_MS = 60_000;
/** Bytes of an answer: a page of users has 200 KB. */
const ANSWER_MAX = 4 * 1024 * 1024;

export interface Question<Answer extends TSchema> {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  readonly answer: Answer;
}

/** The system that runs on a data folder, or auth where the services run apart. */
export interface Connection {
  /** Throws AdminError: nobody there, no rights, refused, or an answer that is none. */
  ask<Answer extends TSchema>(question: Question<Answer>): Promise<Static<Answer>>;
}

export function createConnection(dataDir: string): Connection {
  return {
    async ask({ answer, ...question }) {
      const place = adminSocketPath(dataDir);
      if ('error' in place) throw new AdminError(EXIT.noServer, place.error);
      const { status, text } = await exchange(place.path, question).catch((error: unknown) => {
        throw unreachable(error, dataDir);
      });
      const value = parsed(text);
      if (status === 200 && Value.Check(answer, value)) return value;
      if (Value.Check(ErrorBody, value)) throw new AdminError(EXIT.failed, value.error.message);
      throw new AdminError(
        EXIT.failed,
        'The server answers in another way than this version: is it of the same?',
      );
    },
  };
}

function exchange(
  socketPath: string,
  { method, path, body }: Omit<Question<TSchema>, 'answer'>,
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, timeout: ANSWER_MS }, (incoming) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > ANSWER_MAX) incoming.destroy(new Error('The answer is too long.'));
        else chunks.push(chunk);
      });
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode, text: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('The server does not answer.')));
    outgoing.on('error', reject);
    outgoing.end(body && JSON.stringify(body));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreachable(error: unknown, dataDir: string): AdminError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR')
    return new AdminError(
      EXIT.noServer,
      `Nothing runs on ${dataDir} that could be asked. DATA_DIR names another data folder; the server's log says where it has no socket.`,
      { cause: error },
    );
  if (code === 'EACCES' || code === 'EPERM')
    return new AdminError(
      EXIT.noRights,
      `Another user runs the server on ${dataDir}: only that one may do this.`,
      { cause: error },
    );
  const reason = error instanceof Error ? error.message : String(error);
  return new AdminError(EXIT.failed, `The server did not answer: ${reason}`, { cause: error });
}
