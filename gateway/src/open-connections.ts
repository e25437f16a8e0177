import type { Server } from 'node:http';
import { promisify } from 'node:util';

/** How many connections a server has open. */
export const openConnections = (server: Pick<Server, 'getConnections'>): Promise<number> =>
  promisify<number>((done) => server.getConnections(done))();
