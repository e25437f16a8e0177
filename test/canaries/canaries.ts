import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChatClient, createAccount } from '@secure-chat/client/chat-client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ServiceProcesses, startServiceProcesses } from '../contract/service-processes.ts';
import { prepareHeapSnapshots } from './heap-snapshots.ts';
import { found, type Secrets, secretsOf } from './secrets.ts';

const QUICK = {
  kdfCost: { memoryKib: 64, passes: 1, lanes: 1 },
  timing: { pollMs: 50, retryMs: 50, retryMaxMs: 200, graceMs: 5_000, upkeepMs: 60_000 },
};
const ROUNDS = 20;

/** An event log that keeps its files in a folder of its own. */
export interface BrokerWithFiles {
  readonly environment: Record<string, string>;
  readonly folder: string;
  stop(): Promise<void>;
}

/**
 * checks.md, 18: two of our clients talk through the four services, each a process; then everything that these hold is
 * searched for what was said, and for every secret of the clients.
 */
export function describeCanaries(name: string, startBroker?: () => Promise<BrokerWithFiles>): void {
  describe(name, () => {
    let folder: string;
    let broker: BrokerWithFiles | undefined;
    let services: ServiceProcesses;
    let heaps: Awaited<ReturnType<typeof prepareHeapSnapshots>>;
    let secrets: Secrets;
    const log: string[] = [];
    const places = new Map<string, Buffer>();
    const clientFiles = new Map<string, Buffer>();

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'canaries-'));
      heaps = await prepareHeapSnapshots();
      broker = await startBroker?.();
      const environment = { ...broker?.environment, ...heaps.environment, LOG_LEVEL: 'trace' };
      services = await startServiceProcesses({ environment, onLine: (line) => log.push(line) });
      secrets = await talk();
      for (const service of services.services)
        places.set(`heap of ${service.folder}`, await heaps.take(service));
      await readFolder(services.dataDir, places);
      if (broker) await readFolder(broker.folder, places);
      places.set('log', Buffer.from(log.join('\n')));
      await readFolder(join(folder, 'profiles'), clientFiles);
    }, 180_000);
    afterAll(async () => {
      await services?.stop();
      await heaps?.end();
      await broker?.stop();
      if (folder) await rm(folder, { recursive: true });
    });

    /** What was said, and every secret of the profiles in the end. */
    async function talk(): Promise<Secrets> {
      const said = new Map<string, Buffer>();
      const profileOf = (username: string) => join(folder, 'profiles', username);
      const passwordOf = (username: string) => `canary password of ${username}`;
      const enrol = (username: string): Promise<ChatClient> =>
        createAccount(
          {
            server: services.url,
            profile: profileOf(username),
            username,
            password: passwordOf(username),
            requests: 'accept',
          },
          QUICK,
        );
      const people = { ada: await enrol('ada'), ben: await enrol('ben') };
      const say = async (from: 'ada' | 'ben', to: 'ada' | 'ben'): Promise<void> => {
        const text = `canary ${randomBytes(12).toString('hex')}`;
        said.set(text, Buffer.from(text));
        people[from].send(to, text);
        await vi.waitFor(
          () => expect(people[to].messages(from, { limit: 1 })[0]).toMatchObject({ text, state: 'received' }),
          { timeout: 15_000, interval: 10 },
        );
      };
      for (let round = 0; round < ROUNDS; round += 1) {
        await say('ada', 'ben');
        await say('ben', 'ada');
      }
      people.ada.setVerified('ben', true);
      await people.ada.exportProfile(join(folder, 'profiles', 'exported'));
      for (const client of Object.values(people)) await client.close();
      for (const username of ['ada', 'ben'])
        for (const [secret, bytes] of await secretsOf(profileOf(username), passwordOf(username)))
          said.set(`${secret} of ${username}`, bytes);
      return said;
    }

    test('the search finds what is there: names, public keys, ciphertexts', () => {
      expect(secrets.size).toBeGreaterThan(2 * ROUNDS + 12);
      expect(places.size).toBeGreaterThan(8);
      const known = new Map([['a name', Buffer.from('ada')]]);
      expect(found(known, places)).toContain('a name in heap of services/directory');
      const heapsFound = [...places].filter(([place]) => place.startsWith('heap of '));
      expect(heapsFound.map(([place]) => place).sort()).toEqual(
        ['gateway', 'services/auth', 'services/directory', 'services/relay'].map((each) => `heap of ${each}`),
      );
      for (const [, heap] of heapsFound) expect(heap.at(-1)).toBe('}'.charCodeAt(0));
      const files = [...places].filter(([place]) => place.startsWith(broker?.folder ?? services.dataDir));
      expect(files.some(([, content]) => content.includes('v2.'))).toBe(true);
      expect(log.length).toBeGreaterThanOrEqual(services.services.length);
    });

    test('no database, log line, record or server process holds a text, a password or a key of a person (check 18)', () => {
      expect(found(secrets, places)).toEqual([]);
    });

    test('no file of a client holds one in the clear, the exported profile neither (check 18)', () => {
      expect(clientFiles.size).toBeGreaterThan(2);
      expect(found(secrets, clientFiles)).toEqual([]);
    });
  });
}

async function readFolder(folder: string, into: Map<string, Buffer>): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      into.set(join(entry.parentPath, entry.name), await readFile(join(entry.parentPath, entry.name)));
}
