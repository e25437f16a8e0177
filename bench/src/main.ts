import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BenchArguments, parseArguments, USAGE } from './arguments.ts';
import { measureKafka } from './kafka/measure.ts';
import { kafkaReportOf } from './kafka/report.ts';
import { kafkaTargetsOf } from './kafka/targets.ts';
import { type MeasureOptions, measure } from './measure.ts';
import { reportOf } from './report.ts';
import { targetsOf } from './targets.ts';

async function bench({ backend, json, quick, profileDir }: BenchArguments): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'secure-chat-bench-'));
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const options = {
    quick,
    profileDir: profileDir === null ? null : resolve(profileDir),
    dataDir,
    progress: (line: string) => process.stderr.write(`bench: ${line}\n`),
  };
  process.stdout.write(await (backend === 'kafka' ? onKafka(options, json) : onEmbedded(options, json)));
}

async function onEmbedded(options: MeasureOptions, json: boolean): Promise<string> {
  const figures = await measure(options);
  const targets = targetsOf(figures);
  return json ? `${JSON.stringify({ ...figures, targets })}\n` : reportOf(figures, targets);
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
