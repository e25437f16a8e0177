import type { fetchV15, KafkaRecord } from '@platformatic/kafka';
import { IS_CONTROL } from '@platformatic/kafka';

type Batches = fetchV15.FetchResponsePartition['records'];

export interface FetchedRecord {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/**
 * The records of a fetch's answer from an offset on, and the offset after them. A batch is answered whole, so what is before
 * the offset comes too and is left out; control batches and batches that compaction has emptied hold nothing but move on.
 */
export function recordsFrom(batches: Batches, from: number): { records: FetchedRecord[]; next: number } {
  const records: FetchedRecord[] = [];
  let next = from;
  for (const batch of batches ?? []) {
    const first = Number(batch.firstOffset);
    if (!(batch.attributes & IS_CONTROL)) {
      for (const record of batch.records) {
        const offset = first + record.offsetDelta;
        if (offset >= from) records.push(recordAt(offset, record));
      }
    }
    next = Math.max(next, first + batch.lastOffsetDelta + 1);
  }
  return { records, next };
}

const recordAt = (offset: number, { key, value }: KafkaRecord): FetchedRecord => ({ offset, key, value });
