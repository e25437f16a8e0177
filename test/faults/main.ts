import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArguments, USAGE } from './arguments.ts';
import { type Result, runLane } from './lane.ts';
import { planOf } from './plan.ts';
import { compilePrograms } from './programs.ts';
import { replayCommand, resultLines, summary } from './report.ts';

const TRACES = join(tmpdir(), 'secure-chat-faults-traces');

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The trace of a failed schedule, with what the services said. Resolves to the file. */
async function keepTrace({ topology, schedule, trace, violations, said }: Result): Promise<string> {
  const file = join(TRACES, `${topology}-${schedule.seed}.jsonl`);
  await mkdir(TRACES, { recursive: true });
  const lines = [{ schedule, violations, said }, ...trace.events].map((line) => JSON.stringify(line));
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

/** Whether all went well. */
async function main(): Promise<boolean> {
  const args = parseArguments(process.argv.slice(2));
  if (args.help) {
    say(USAGE);
    return true;
  }
  const seed = args.seed ?? randomInt(1_000_000);
  const results: Result[] = [];
  say(`${args.runs} schedules from seed ${seed} on`);
  const begin = performance.now();
  const programs = await compilePrograms();
  const lanes = await Promise.allSettled(
    planOf(args, seed).map((plan) =>
      runLane(plan, programs, async (result) => {
        results.push(result);
        for (const line of resultLines(result)) say(line);
        if (result.violations.length === 0) return;
        say(`    trace: ${await keepTrace(result)}`);
        say(`    again: ${replayCommand(result)}`);
      }),
    ),
  );
  await programs.remove();
  const failed = results.filter(({ violations }) => violations.length > 0);
  say(`\n${summary(results)}\n`);
  say(
    `${results.length} schedules in ${Math.round((performance.now() - begin) / 1000)} s, ${failed.length} failed`,
  );
  for (const result of failed) say(`    ${replayCommand(result)}`);
  // What it ran on could not be started: some schedules are missing.
  const broken = lanes.flatMap((lane) => (lane.status === 'rejected' ? [String(lane.reason)] : []));
  for (const reason of broken) say(`no further schedules there: ${reason}`);
  return failed.length === 0 && broken.length === 0;
}

process.exitCode = await main().then(
  (well) => (well ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  },
);
