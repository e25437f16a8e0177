import { once } from 'node:events';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';

export interface RawConnection {
  send(bytes: string): void;
  close(): void;
  /** Everything that came until the server ended the connection. */
  readonly ended: Promise<string>;
}

/** A connection to 127.0.0.1, from an address of the same machine, on which a test sends whatever bytes it likes. */
export async function rawConnection(port: number, from = '127.0.0.1'): Promise<RawConnection> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from }).setEncoding('utf8');
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.on('data', (text: string) => {
    received += text;
  });
  // A server that hangs up on bytes that it has not read resets the connection.
  socket.on('error', () => {});
  const ended = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(received));
  });
  await once(socket, 'connect');
  return { send: (bytes) => void socket.write(bytes), close: () => void socket.destroy(), ended };
}

/** What stands in an answer of the project's error shape, out of raw bytes. */
export function errorOf(answer: string): { status: number; code: string; requestId: string } {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const { error, detail } = JSON.parse(body);
  if (detail !== error.message) throw new Error(`detail is not the message: ${body}`);
  return { status: Number(head.split(' ')[1]), code: error.code, requestId: error.request_id };
}
