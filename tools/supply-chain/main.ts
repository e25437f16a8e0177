import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readAudit } from './audit.ts';
import { imageProblems } from './images.ts';
import { installScriptProblems } from './install-scripts.ts';
import { licenceProblems } from './licences.ts';
import { lockedPackages, readJson } from './lockfile.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** Milliseconds until a registry counts as not reached. */
const AUDIT_MS = 60_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Says what is wrong, or that nothing is; true when nothing is. */
function judge(what: string, problems: readonly string[]): boolean {
  for (const problem of problems) say(`${what}: ${problem}`);
  if (problems.length === 0) say(`${what}: all is well`);
  return problems.length === 0;
}

/** Resolves to what npm printed, whatever its exit code. */
const auditOutput = (): Promise<string> =>
  new Promise((done) => {
    const options = { cwd: ROOT, timeout: AUDIT_MS, maxBuffer: 64 * 1024 * 1024 };
    execFile('npm', ['audit', '--json', '--fetch-retries=1'], options, (_error, stdout) => done(stdout));
  });

async function auditIsClean(): Promise<boolean> {
  const audit = readAudit(await auditOutput());
  if (audit.kind === 'vulnerable') return judge('known vulnerabilities', audit.problems);
  if (audit.kind === 'unknown')
    say(`known vulnerabilities: NOT CHECKED, the registry gave no report (${audit.reason})`);
  else say(`known vulnerabilities: none that is high or critical, ${audit.lesser} below`);
  return true;
}

const packages = lockedPackages(ROOT);
const { allowScripts } = readJson(join(ROOT, 'package.json'));
const images = ['Dockerfile', 'docker-compose.yml', 'compose.cluster.yml'].flatMap((file) =>
  imageProblems(readFileSync(join(ROOT, file), 'utf8')),
);
const outcomes = [
  judge('install scripts', installScriptProblems(packages, { ...Object(allowScripts) })),
  judge('licences', licenceProblems(packages)),
  judge('images', images),
  await auditIsClean(),
];
process.exitCode = outcomes.every((isWell) => isWell) ? 0 : 1;
