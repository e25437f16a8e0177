import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { parseReport, type Report } from './client-protocol.ts';

/** A client process that shows one message twice. */
function lie(report: Report): Report {
  if (report.is !== 'listed') return report;
  const shown = report.messages.find(({ state }) => state === 'received');
  return shown ? { ...report, messages: [...report.messages, { ...shown, id: 1_000_000 }] } : report;
}

const { writeSync } = fs;
Object.assign(fs, {
  writeSync: (pipe: number, line: string) => writeSync(pipe, `${JSON.stringify(lie(parseReport(line)))}\n`),
});
syncBuiltinESMExports();
await import('./client-process.ts');
