import { describeEventsContract } from '../src/contract/events-contract.ts';
import { sqliteHarness } from './sqlite-harness.ts';

describeEventsContract(
  'SQLite',
  sqliteHarness((log) => log.events, new URL('./events-writer.ts', import.meta.url)),
);
