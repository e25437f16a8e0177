import { readFile } from 'node:fs/promises';
import type { Usage } from '../child-process.ts';

/** Linux counts CPU time in 1/100 s for whoever reads /proc, whatever its own tick is. */
const MS_PER_TICK = 10;
const KIB = 1024;

/** Of a process that is not ours to ask (a broker). Throws where there is no /proc: elsewhere than on Linux. */
export async function usageOf(pid: number): Promise<Usage> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  // proc(5): fields 14 and 15, user and system time; the name before them may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const rss = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK, rss: Number(rss) * KIB };
}
