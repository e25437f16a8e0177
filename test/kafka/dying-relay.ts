import { openEventLog } from '@secure-chat/event-log/event-log';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import { createRelay } from '@secure-chat/relay/app';
import { readConfig } from '@secure-chat/service-kit/config';
import { eventLogOf } from '@secure-chat/service-kit/event-log-config';
import { loadServiceKeys } from '@secure-chat/service-kit/load-service-keys';
import { createLogger } from '@secure-chat/service-kit/logger';
import { run } from '@secure-chat/service-kit/run';
import { serviceSettings } from '@secure-chat/service-kit/service-config';
import { DEADLY, type Step } from './deadly-steps.ts';

/**
 * A relay that ends itself by SIGKILL at the step `DIES_AT`: of a send that carries the deadly text or, where `DIES_AFTER`
 * says a number, the so many-th time that it gets there.
 */
const step = process.env.DIES_AT;
let left = process.env.DIES_AFTER === undefined ? null : Number(process.env.DIES_AFTER);

const die = (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
};

function isDeadly(at: Step, bytes: unknown = null): boolean {
  if (step !== at) return false;
  if (left === null) return bytes instanceof Uint8Array && Buffer.from(bytes).includes(DEADLY);
  left -= 1;
  return left === 0;
}

const dying = (mailboxes: Mailboxes): Mailboxes => ({
  ...mailboxes,
  async append(topic, value) {
    if (isDeadly('before it is appended', value)) await die();
    const appended = mailboxes.append(topic, value);
    // The request is on its way, or with the broker: either may be.
    if (isDeadly('while it is appended', value)) setImmediate(die);
    const offset = await appended;
    if (isDeadly('after it was appended', value)) await die();
    return offset;
  },
  follow: (topic, from, listener) =>
    mailboxes.follow(topic, from, async (batch) => {
      if (isDeadly('before a batch is passed on')) await die();
      await listener(batch);
      if (isDeadly('after a batch was passed on')) await die();
    }),
  async commit(topic, cursor) {
    if (isDeadly('before a cursor moves')) await die();
    await mailboxes.commit(topic, cursor);
    if (isDeadly('after a cursor has moved')) await die();
  },
});

await run(async () => {
  const config = readConfig(serviceSettings(8003), process.env);
  const logger = createLogger('relay', config.LOG_LEVEL);
  const serviceKeys = loadServiceKeys(config.SERVICE_KEY, config.DATA_DIR, logger);
  const log = await openEventLog(eventLogOf(config, config.DATA_DIR), logger);
  const mailboxes = dying(log.mailboxes);
  const relay = await createRelay({ ...log, mailboxes, serviceKeys, logger, clock: Date.now });
  relay.app.addHook('preHandler', async ({ body }) => {
    if (isDeadly('when it has arrived', body)) await die();
  });
  relay.app.addHook('onResponse', async ({ body }) => {
    if (isDeadly('when it is answered', body)) await die();
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
