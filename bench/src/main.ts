import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BenchArguments, parseArguments, USAGE } from './arguments.ts';
import { measureE2ee } from './e2ee/measure.ts';
import { e2eeReportOf } from './e2ee/report.ts';
import { e2eeTargetsOf } from './e2ee/targets.ts';
import { measureKafka } from './kafka/measure.ts';
import { kafkaReportOf } from './kafka/report.ts';
import { kafkaTargetsOf } from './kafka/targets.ts';
import { type MeasureOptions, measure } from './measure.ts';
import { reportOf } from './report.ts';
import { targetsOf } from './targets.ts';

async function bench({ backend, only, json, quick, profileDir }: BenchArguments): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'secure-chat-bench-'));
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const options = {
    quick,
    profileDir: profileDir === null ? null : resolve(profileDir),
    dataDir,
    progress: (line: string) => process.stderr.write(`bench: ${line}\n`),
  };
  const run = only === 'e2ee' ? onE2ee : backend === 'kafka' ? onKafka : onEmbedded;
  process.stdout.write(await run(options, json));
}

async function onEmbedded(options: MeasureOptions, json: boolean): Promise<string> {
  const figures = await measure(options);
  const e2ee = await measureE2ee(options);
  const targets = targetsOf(figures);
  const e2eeTargets = e2eeTargetsOf(e2ee);
  return json
    ? `${JSON.stringify({ ...figures, e2ee, targets: [...targets, ...e2eeTargets] })}\n`
    : `${reportOf(figures, targets)}\n${e2eeReportOf(e2ee, e2eeTargets)}`;
}

async function onE2ee(options: MeasureOptions, json: boolean): Promise<string> {
  const e2ee = await measureE2ee(options);
  const targets = e2eeTargetsOf(e2ee);
  return json ? `${JSON.stringify({ e2ee, targets })}\n` : e2eeReportOf(e2ee, targets);
}

async function onKafka(options: MeasureOptions, json: boolean): Promise<string> {
  const figures = await measureKafka(options);
  const targets = kafkaTargetsOf(figures);
  return json ? `${JSON.stringify({ ...figures, targets })}\n` : kafkaReportOf(figures, targets);
}

// Leaves by `exit`, which removes the data and ends what runs in a process group of its own.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  const args = parseArguments(process.argv.slice(2));
  if (args.help) process.stdout.write(USAGE);
  else await bench(args);
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
