import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { ENDPOINTS, type Endpoint } from '@secure-chat/wire/endpoints';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingLines } from './report.ts';
import { type Fuzzing, runFuzzing } from './run.ts';
import { type SystemUnderFuzz, startSystem } from './system.ts';

const SEED = 7;
const REQUESTS = 2_000;
/** Where some have to succeed; no attacker deletes himself. */
const REACHED = ENDPOINTS.filter(({ path }: Endpoint) => path !== '/chat/auth/delete');
/** A bound: some requests wait for the 10 s after which the server gives up on them. */
const TIMEOUT_MS = 300_000;

describe(`${REQUESTS} bent requests to the whole system`, { timeout: TIMEOUT_MS }, () => {
  let system: SystemUnderFuzz | undefined;
  let fuzzing: Fuzzing;
  beforeAll(async () => {
    system = await startSystem();
    fuzzing = await runFuzzing({ url: system.url, seed: SEED, from: 0, requests: REQUESTS });
  }, TIMEOUT_MS);
  afterAll(() => system?.stop());

  it('are each answered as the contract says, or hung up on, and change nothing of honest users', () => {
    expect(fuzzing.findings.flatMap((finding) => findingLines(finding, SEED))).toEqual([]);
  });

  it.each(REACHED)('reach $method $path: some succeed there, some are refused', ({ method, path }) => {
    const outcomes = [...(fuzzing.tally.endpoints.get(`${method} ${path}`)?.keys() ?? [])];
    expect(outcomes).toContain('200');
    expect(outcomes.filter((outcome) => /^4\d\d /.test(outcome))).not.toEqual([]);
  });

  it('find a status that is wrong, in the answers of a server that lies', async () => {
    const liar = await lyingProxy(new URL(system?.url ?? ''));
    const { findings } = await runFuzzing({ url: liar.url, seed: SEED, from: 0, requests: 200 });
    await liar.close();
    expect(findings.map(({ what }) => what)).toContain('bad_request with the status 500');
  });
});

/** In front of a server, and says 500 where that says 400. */
async function lyingProxy({ hostname, port }: URL): Promise<{ url: string; close(): Promise<unknown> }> {
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    client.pipe(upstream);
    upstream.on('data', (bytes: Buffer) => {
      client.write(bytes.toString('latin1').replaceAll('HTTP/1.1 400', 'HTTP/1.1 500'), 'latin1');
    });
    upstream.on('close', () => client.end());
    client.on('close', () => upstream.destroy());
    for (const socket of [client, upstream]) socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: string | AddressInfo | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
