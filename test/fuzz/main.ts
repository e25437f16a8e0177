import { randomInt } from 'node:crypto';
import { parseArguments, USAGE } from './arguments.ts';
import { findingLines, summary } from './report.ts';
import { runFuzzing } from './run.ts';
import { startSystem } from './system.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Whether all went well. */
async function main(): Promise<boolean> {
  const { seed: chosen, from, requests, help } = parseArguments(process.argv.slice(2));
  if (help) {
    say(USAGE);
    return true;
  }
  const seed = chosen ?? randomInt(1_000_000);
  say(`${requests} requests, seed ${seed}`);
  const begin = performance.now();
  const system = await startSystem();
  const { findings, tally } = await runFuzzing({ url: system.url, seed, from, requests }).finally(
    system.stop,
  );
  say(summary(tally));
  for (const finding of findings) for (const line of findingLines(finding, seed)) say(line);
  const seconds = (performance.now() - begin) / 1000;
  say(`${requests} requests in ${seconds.toFixed(0)} s, ${findings.length} findings, seed ${seed}`);
  return findings.length === 0;
}

process.exitCode = await main().then(
  (well) => (well ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  },
);
