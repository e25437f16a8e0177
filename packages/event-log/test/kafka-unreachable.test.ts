import { expect, it } from 'vitest';
import { freePort } from '../../../tools/kafka/free-port.ts';
import { openKafka } from './open-kafka.ts';

it('brokers that are not there are unavailable, within the time in which a client waits', async () => {
  const log = openKafka(`127.0.0.1:${await freePort()}`);
  await expect(log.events.reachable('chat.sessions')).rejects.toMatchObject({ code: 'unavailable' });
  await log.close();
});
