import { describeMailboxesContract } from '../src/contract/mailboxes-contract.ts';
import { sqliteHarness } from './sqlite-harness.ts';

describeMailboxesContract(
  'SQLite',
  sqliteHarness((log) => log.mailboxes, new URL('./mailboxes-writer.ts', import.meta.url)),
);
