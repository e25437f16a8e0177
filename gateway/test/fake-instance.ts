import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

export const answer: Behaviour = (_request, response) => void response.end('{"status":"OK"}');
/** Takes the request and never says anything. */
export const hang: Behaviour = () => {};
/** Takes the request and hangs up. */
export const breakOff: Behaviour = ({ socket }) => void socket.destroy();
/** As a server that is closing answers, before it did anything. */
export const refuse: Behaviour = (_request, response) =>
  void response.writeHead(503, { 'x-not-begun': 'closing', 'retry-after': '1' }).end('{}');

/** A small HTTP server that stands for one process of a service, and counts what it gets. */
export async function startInstance(behaviour: Behaviour = answer, port = 0, address = '127.0.0.1') {
  const instance = {
    behaviour,
    /** Requests but for those to `/health`. */
    requests: 0,
    probes: 0,
    origin: '',
    port: 0,
    stop,
  };
  const server = createServer((request, response) => {
    if (request.url === '/health') instance.probes++;
    else instance.requests++;
    request.resume().once('end', () => instance.behaviour(request, response));
  }).listen(port, address);
  await once(server, 'listening');
  const at = server.address();
  instance.port = typeof at === 'object' && at ? at.port : 0;
  instance.origin = `http://${address}:${instance.port}`;

  async function stop(): Promise<void> {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }
  onTestFinished(stop);
  return instance;
}
