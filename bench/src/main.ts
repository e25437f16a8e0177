import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BenchArguments, parseArguments, USAGE } from './arguments.ts';
import { measureDelivery } from './delivery/measure.ts';
import { deliveryReportOf } from './delivery/report.ts';
import { deliveryTargetsOf } from './delivery/targets.ts';
import { measureE2ee } from './e2ee/measure.ts';
import { e2eeReportOf } from './e2ee/report.ts';
import { e2eeTargetsOf } from './e2ee/targets.ts';
import { measureKafka } from './kafka/measure.ts';
import { kafkaReportOf } from './kafka/report.ts';
import { kafkaTargetsOf } from './kafka/targets.ts';
import { type MeasureOptions, measure } from './measure.ts';
import { reportOf } from './report.ts';
import { type Target, targetsOf } from './targets.ts';
import { measureTui } from './tui/measure.ts';
import { tuiReportOf } from './tui/report.ts';
import { tuiTargetsOf } from './tui/targets.ts';

async function bench({ backend, only, json, quick, profileDir }: BenchArguments): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'secure-chat-bench-'));
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const options = {
    quick,
    profileDir: profileDir === null ? null : resolve(profileDir),
    dataDir,
    progress: (line: string) => process.stderr.write(`bench: ${line}\n`),
  };
  const parts = await run(only, backend, options);
  const targets = parts.flatMap((part) => part.targets);
  const figures = {};
  for (const part of parts) Object.assign(figures, part.json);
  process.stdout.write(
    json ? `${JSON.stringify({ ...figures, targets })}\n` : parts.map((part) => part.report).join('\n'),
  );
}

/** What a part of the bench found. */
interface Found {
  readonly json: object;
  readonly targets: readonly Target[];
  readonly report: string;
}

async function run(
  only: BenchArguments['only'],
  backend: BenchArguments['backend'],
  options: MeasureOptions,
): Promise<Found[]> {
  if (only === 'e2ee') return [await onE2ee(options)];
  if (only === 'delivery') return [await onDelivery(options, backend)];
  if (only === 'tui') return [await onTui(options)];
  if (backend === 'kafka') return [await onKafka(options), await onDelivery(options, backend)];
  return [
    await onEmbedded(options),
    await onE2ee(options),
    await onDelivery(options, backend),
    await onTui(options),
  ];
}

async function onEmbedded(options: MeasureOptions): Promise<Found> {
  const figures = await measure(options);
  const targets = targetsOf(figures);
  return { json: figures, targets, report: reportOf(figures, targets) };
}

async function onE2ee(options: MeasureOptions): Promise<Found> {
  const e2ee = await measureE2ee(options);
  const targets = e2eeTargetsOf(e2ee);
  return { json: { e2ee }, targets, report: e2eeReportOf(e2ee, targets) };
}

async function onKafka(options: MeasureOptions): Promise<Found> {
  const figures = await measureKafka(options);
  const targets = kafkaTargetsOf(figures);
  return { json: figures, targets, report: kafkaReportOf(figures, targets) };
}

async function onDelivery(options: MeasureOptions, backend: BenchArguments['backend']): Promise<Found> {
  const delivery = await measureDelivery(options, backend);
  const targets = deliveryTargetsOf(delivery);
  return { json: { delivery }, targets, report: deliveryReportOf(delivery, targets) };
}

async function onTui(options: MeasureOptions): Promise<Found> {
  const tui = await measureTui(options);
  const targets = tuiTargetsOf(tui);
  return { json: { tui }, targets, report: tuiReportOf(tui, targets) };
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
