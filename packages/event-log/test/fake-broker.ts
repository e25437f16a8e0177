import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { Address } from '../src/kafka/dial.ts';

/** The broker's part of a login: what it answers to the first message, to the second one, and so on. */
export type LoginAnswer = {
  readonly errorCode?: number;
  readonly words?: string;
  readonly bytes?: string | Uint8Array;
  readonly lifetimeMs?: number;
};
export type LoginScript = (message: string, turn: number) => LoginAnswer;

export interface FakeBroker {
  readonly address: Address;
  /** What came as the messages of logins. */
  readonly messages: string[];
  /** Connections that were made. */
  connections(): number;
}

const HANDSHAKE = 17;
const FAILED = 58;
/** Bytes of a request, `socket.request.max.bytes`: TLS to a port that speaks none looks like a longer one. */
const REQUEST_MAX = 100 * 1024 * 1024;

export const REFUSED: LoginAnswer = { errorCode: FAILED, words: 'wrong, says the broker' };

/** Takes logins and nothing else, as SaslHandshake v1 and SaslAuthenticate v2 have them. */
export async function startFakeBroker(
  script: LoginScript,
  tls?: { readonly cert: string; readonly key: string },
): Promise<FakeBroker> {
  const messages: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;

  const serve = (socket: Socket): void => {
    let turn = 0;
    let pending = Buffer.alloc(0);
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      if (pending.length >= 4 && pending.readInt32BE() > REQUEST_MAX) socket.destroy();
      while (pending.length >= 4 && pending.length >= 4 + pending.readInt32BE()) {
        const frame = pending.subarray(4, 4 + pending.readInt32BE());
        pending = pending.subarray(4 + frame.length);
        const correlation = frame.subarray(4, 8);
        if (frame.readInt16BE() === HANDSHAKE) {
          socket.write(framed(correlation, int16(0), int32(1), string('SCRAM-SHA-256')));
          continue;
        }
        const message = messageOf(frame);
        messages.push(message);
        const { errorCode = 0, words, bytes = '', lifetimeMs = 0 } = script(message, turn);
        turn += 1;
        const said = words === undefined ? Buffer.from([0]) : compact(Buffer.from(words));
        const answer = [int16(errorCode), said, compact(Buffer.from(bytes)), int64(lifetimeMs)];
        socket.write(framed(correlation, Buffer.from([0]), ...answer, Buffer.from([0])));
      }
    });
  };
  const server = tls ? createTlsServer(tls, serve) : createServer(serve);
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('no port');
  return { address: { host: '127.0.0.1', port: at.port }, messages, connections: () => connections };
}

/** Behind the header: key, version, correlation, client id, tags. */
function messageOf(frame: Buffer): string {
  let at = 10 + frame.readInt16BE(8) + 1;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = frame.readUInt8(at++);
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return frame.subarray(at, at + length - 1).toString();
}

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};
const string = (value: string): Buffer => Buffer.concat([int16(value.length), Buffer.from(value)]);
const compact = (value: Buffer): Buffer => {
  const length = value.length + 1;
  const size = length < 0x80 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
  return Buffer.concat([Buffer.from(size), value]);
};
const framed = (...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(body.length), body]);
};
