import { ratio } from '@secure-chat/bench/arithmetic';
import { DESCRIPTORS_MORE, RATIO_MAX, RSS_MAX, RSS_MORE } from './bounds.ts';
import type { Row } from './measure.ts';
import type { Scale } from './scale.ts';

/** Failures that are shown. */
const SHOWN = 3;

export const ratioOf = ({ quiet, during }: Row): number => ratio(during.p99, quiet.p99);

/** What was not as it has to be; nothing when all was. */
export function wrongWith(row: Row, { judgesRatio }: Scale): string[] {
  const { before, most, left, failures, lost } = row;
  const wrong: string[] = [];
  if (failures.length > 0)
    wrong.push(`${failures.length} honest requests failed: ${failures.slice(0, SHOWN).join('; ')}`);
  if (lost.length > 0) wrong.push(`honest messages were lost: ${lost.slice(0, SHOWN).join('; ')}`);
  if (most.rss > RSS_MAX) wrong.push(`the server took ${most.rss} MiB, more than ${RSS_MAX}`);
  if (left.rss > before.rss + RSS_MORE) wrong.push(`it kept ${left.rss} MiB after ${before.rss} before`);
  if (left.descriptors > before.descriptors + DESCRIPTORS_MORE)
    wrong.push(`it kept ${left.descriptors} descriptors after ${before.descriptors} before`);
  if (judgesRatio && ratioOf(row) > RATIO_MAX)
    wrong.push(`p99 was ${ratioOf(row)} times its quiet value, more than ${RATIO_MAX}`);
  return wrong.map((what) => `${row.attack.name}: ${what}`);
}
