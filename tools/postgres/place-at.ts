import { readConfig } from '@secure-chat/service-kit/config';
import { databaseSettings } from '@secure-chat/service-kit/database-config';
import type { PostgresPlace } from '@secure-chat/service-kit/postgres-database';

/** A place in the database that a URL names. */
export function placeAt(url: string, schema = 'chat'): PostgresPlace {
  const { DATABASE_URL: server } = readConfig(databaseSettings, { DATABASE_URL: url });
  if (!server) throw new Error('no URL');
  return { server, schema };
}
