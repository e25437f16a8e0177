import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { registrationSettings } from '@secure-chat/auth/admission';
import { connectionSettings } from '@secure-chat/gateway/connection-settings';
import { limitsSettings } from '@secure-chat/gateway/policy/limits-setting';
import { proxySettings } from '@secure-chat/gateway/proxy-settings';
import { tlsFilesOf, tlsSettings } from '@secure-chat/gateway/tls-settings';
import { ConfigError, oneOf, readConfig } from '@secure-chat/service-kit/config';
import { databaseSettings } from '@secure-chat/service-kit/database-config';
import { eventLogOf } from '@secure-chat/service-kit/event-log-config';
import { createLogger } from '@secure-chat/service-kit/logger';
import { createMeasuring } from '@secure-chat/service-kit/metrics/measuring';
import { run } from '@secure-chat/service-kit/run';
import { serviceSettings } from '@secure-chat/service-kit/service-config';
import { createProcessTracing } from '@secure-chat/service-kit/tracing/process-tracing';
import { startEcho } from './echo.ts';
import { startStack } from './stack.ts';
import { tuiCommand } from './tui-command.ts';

const settings = {
  ...serviceSettings(8000, 'warn'),
  ...databaseSettings,
  ...registrationSettings,
  ...connectionSettings,
  ...limitsSettings,
  ...proxySettings,
  ...tlsSettings,
  ECHO: oneOf(['on', 'off'], 'on'),
};

/** `npm start` gives `--echo`; a later `--no-echo` takes it back. Throws `ConfigError`. */
function wantsEcho(): boolean {
  try {
    return parseArgs({ options: { echo: { type: 'boolean' } }, allowNegative: true }).values.echo ?? false;
  } catch (error) {
    throw new ConfigError([`${error instanceof Error ? error.message : String(error)}. There is --no-echo.`]);
  }
}

await run(async () => {
  const echoWanted = wantsEcho();
  const config = readConfig(settings, process.env);
  const measuring = await createMeasuring('secure-chat', config);
  await measuring.listen(createLogger('metrics', config.LOG_LEVEL));
  const tracing = await createProcessTracing(config, createLogger('tracing', config.LOG_LEVEL));
  const tlsFiles = tlsFilesOf(config);
  const stack = await startStack({
    dataDir: config.DATA_DIR,
    host: config.HOST,
    port: config.PORT,
    logLevel: config.LOG_LEVEL,
    serviceKeys: config.SERVICE_KEY,
    eventLog: eventLogOf(config, config.DATA_DIR),
    databaseServer: config.DATABASE_URL,
    registration: config.REGISTRATION,
    connections: config,
    limits: config.LIMITS,
    trustProxy: config.TRUST_PROXY,
    tlsFiles,
    metricsOf: measuring.of,
    tracingOf: tracing.of,
  });
  const command = tuiCommand(stack.url, tlsFiles && readFileSync(tlsFiles.TLS_CERT, 'utf8'));
  process.stdout.write(
    `secure-chat is ready at ${stack.url} (data in ${config.DATA_DIR}). Open the TUI: ${command}\n`,
  );
  const closeServer = async (): Promise<void> => {
    await stack.close();
    await measuring.close();
    await tracing.close();
  };
  // With a certificate the server is for others, and the bot, on this machine, does not know it by its name.
  if (!echoWanted || config.ECHO === 'off' || tlsFiles) return { failed: stack.failed, close: closeServer };
  const logger = createLogger('echo', config.LOG_LEVEL);
  const echo = startEcho({ dataDir: config.DATA_DIR, server: stack.url, logger });
  return {
    failed: stack.failed,
    async close() {
      await echo.stop();
      await closeServer();
    },
  };
});
