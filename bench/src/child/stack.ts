import { NO_LIMITS } from '@secure-chat/gateway/policy/limits-setting';
import { readConfig } from '@secure-chat/service-kit/config';
import { eventLogOf, eventLogSettings } from '@secure-chat/service-kit/event-log-config';
import { startStack } from '@secure-chat/stack/stack';
import { answerParent } from './answer-parent.ts';

/** The whole system, as `LIMITS=off npm start` boots it, on the event log that the environment names. */
const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('needs a data folder');
const stack = await startStack({
  dataDir,
  host: '127.0.0.1',
  port: 0,
  logLevel: 'warn',
  // What is measured is what it takes, not what it would refuse.
  limits: NO_LIMITS,
  eventLog: eventLogOf(readConfig(eventLogSettings, process.env), dataDir),
});
answerParent({ hello: { url: stack.url }, close: () => stack.close() });
