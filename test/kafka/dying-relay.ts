import { openEventLog } from '@secure-chat/event-log/event-log';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import { createRelay } from '@secure-chat/relay/app';
import { readConfig } from '@secure-chat/service-kit/config';
import { eventLogOf } from '@secure-chat/service-kit/event-log-config';
import { createLogger } from '@secure-chat/service-kit/logger';
import { run } from '@secure-chat/service-kit/run';
import { serviceSettings } from '@secure-chat/service-kit/service-config';
import { loadServiceKey } from '@secure-chat/service-kit/service-key';
import { DEADLY, type Step } from './deadly-steps.ts';

/** A relay that ends itself by SIGKILL when it gets to a step of a send that carries the deadly text. */
const step = process.env.DIES_AT as Step | undefined;

const die = (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
};
const isDeadly = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes(DEADLY);

const dying = (mailboxes: Mailboxes): Mailboxes => ({
  ...mailboxes,
  async append(topic, value) {
    const deadly = isDeadly(value);
    if (deadly && step === 'before it is appended') await die();
    const appended = mailboxes.append(topic, value);
    // The request is on its way, or with the broker: either may be.
    if (deadly && step === 'while it is appended') setImmediate(die);
    const offset = await appended;
    if (deadly && step === 'after it was appended') await die();
    return offset;
  },
});

await run(async () => {
  const config = readConfig(serviceSettings(8003), process.env);
  const logger = createLogger('relay', config.LOG_LEVEL);
  const serviceKey = loadServiceKey(config.SERVICE_KEY, config.DATA_DIR);
  const log = await openEventLog(eventLogOf(config, config.DATA_DIR), logger);
  const mailboxes = dying(log.mailboxes);
  const relay = await createRelay({ ...log, mailboxes, serviceKey, logger, clock: Date.now });
  relay.app.addHook('preHandler', async ({ body }) => {
    if (step === 'when it has arrived' && Buffer.isBuffer(body) && isDeadly(body)) await die();
  });
  relay.app.addHook('onResponse', async ({ body }) => {
    if (step === 'when it is answered' && Buffer.isBuffer(body) && isDeadly(body)) await die();
  });
  await relay.app.listen({ host: config.HOST, port: config.PORT });
  return {
    failed: relay.failed,
    async close() {
      await relay.app.close();
      await log.close();
    },
  };
});
