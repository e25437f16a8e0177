import { parseArguments, USAGE } from './arguments.ts';
import { measure, type Row } from './measure.ts';
import { markdown, rowLine } from './report.ts';
import { QUICK, WHOLE } from './scale.ts';
import { wrongWith } from './verdict.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Whether all was as it has to be. */
async function main(): Promise<boolean> {
  const args = parseArguments(process.argv.slice(2));
  if (args.help) {
    say(USAGE);
    return true;
  }
  if (process.platform !== 'linux')
    throw new Error('needs Linux: its /proc, and its many loopback addresses');
  const scale = args.quick ? QUICK : WHOLE;
  const begin = performance.now();
  const tell = (row: Row): void => {
    say(rowLine(row));
    for (const what of wrongWith(row, scale)) say(`  WRONG ${what}`);
  };
  const rows = await measure(args.attacks, scale, tell);
  const wrong = rows.flatMap((row) => wrongWith(row, scale));
  const seconds = (performance.now() - begin) / 1000;
  if (args.markdown) say(`\n${markdown(rows, seconds)}\n`);
  for (const what of wrong) say(`WRONG ${what}`);
  say(`${rows.length} attacks in ${Math.round(seconds)} s, ${wrong.length} findings`);
  return wrong.length === 0;
}

process.exitCode = await main().then(
  (well) => (well ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  },
);
