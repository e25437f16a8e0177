/** Records and bytes of values that a follower reads at once: bounds what it holds while its listener is slow. */
export const FOLLOW_PAGE = { limit: 256, maxBytes: 1024 * 1024 } as const;

/**
 * Takes rows up to both limits, a first row larger than `maxBytes` alone. `cut`: there were more rows.
 * Give it one row more than `limit`, or it cannot know.
 */
export function takePage<Row extends { readonly value: Uint8Array | null }>(
  rows: Iterable<Row>,
  { limit, maxBytes }: { readonly limit: number; readonly maxBytes: number },
): { records: Row[]; cut: boolean } {
  const records: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    bytes += row.value?.byteLength ?? 0;
    if (records.length >= limit || (records.length > 0 && bytes > maxBytes)) return { records, cut: true };
    records.push(row);
  }
  return { records, cut: false };
}
