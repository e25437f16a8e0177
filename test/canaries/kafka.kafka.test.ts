import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '../../tools/kafka/cluster.ts';
import { brokerUnderTest } from '../kafka/broker-under-test.ts';
import { describeCanaries } from './canaries.ts';

describeCanaries('canaries, on a broker of their own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'canaries-broker-'));
  const cluster = await startCluster({ brokers: 1, dataDir: folder });
  return {
    environment: {
      ...brokerUnderTest().environment,
      KAFKA_BROKERS: cluster.bootstrap.map(({ host, port }) => `${host}:${port}`).join(),
    },
    folder,
    async stop() {
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
