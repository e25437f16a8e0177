import { randomUUID } from 'node:crypto';
import { IDENTITY_HEADER, signIdentity } from '@secure-chat/service-kit/internal-identity';
import { fixedKeys } from '@secure-chat/service-kit/service-keys';
import { createHttpClient } from '../http-client.ts';
import { pick } from '../people.ts';
import { type ServerProcess, startServer } from '../server-process.ts';
import { sendTo } from '../signed-request.ts';

/** Relays, and what stands before them in place of a gateway: who sends is said, not checked. */
export interface Relays {
  readonly count: number;
  readonly processes: readonly ServerProcess[];
  /** Milliseconds until the first was ready, which makes the topics that are missing, and the slowest other one. */
  readonly readyMs: { readonly first: number; readonly others: number | null };
  /** A message to a user, over the relays in turn. Rejects unless it is acknowledged. */
  send(recipient: string, message: string): Promise<void>;
  close(): Promise<void>;
}

const CALLER = { username: 'bench-sender', sessionId: 'bench-session' };

export async function startRelays(options: {
  readonly count: number;
  readonly connections: number;
  readonly serviceKey: Buffer;
  readonly environment: Readonly<Record<string, string>>;
  readonly profileDir: string | null;
}): Promise<Relays> {
  const { count, connections, environment, profileDir } = options;
  const identityKeys = fixedKeys(options.serviceKey).for('internal-identity');
  const processes: ServerProcess[] = [];
  const start = async (): Promise<number> => {
    const before = performance.now();
    processes.push(await startServer({ module: 'relay', environment, profileDir }));
    return performance.now() - before;
  };
  const readyMs: number[] = [];
  for (let number = 0; number < count; number++) readyMs.push(await start());
  const clients = processes.map(({ url }) => createHttpClient(url, Math.ceil(connections / count)));
  let turn = 0;
  const [first = 0, ...others] = readyMs;
  return {
    count,
    processes,
    readyMs: { first, others: others.length > 0 ? Math.max(...others) : null },
    async send(recipient, message) {
      const { method, path, headers, body } = sendTo(recipient, Buffer.from(JSON.stringify({ message })));
      const requestId = randomUUID();
      const call = { service: 'relay', method, path, requestId } as const;
      const identity = signIdentity(identityKeys, CALLER, call, Date.now());
      await pick(clients, turn++).ask({
        method,
        path,
        headers: { ...headers, 'x-request-id': requestId, [IDENTITY_HEADER]: identity },
        ...(body && { body }),
      });
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await Promise.all(processes.map((process) => process.close()));
    },
  };
}
