import stringWidth from 'string-width';

/** What a person takes for one character, and the cells of the terminal that it fills. */
export interface Cluster {
  text: string;
  width: 0 | 1 | 2;
}

/** Longest cluster in UTF-16 units: the longest emoji (a family with skin tones) has 25. What is longer is cut up. */
export const CLUSTER_MAX = 32;

/** Intl.Segmenter takes time by the square of its input: it is given slices of this many UTF-16 units. */
const SLICE = 128;

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Widths kept: more different clusters than a conversation shows, since asking takes most of the time of a frame. */
const KNOWN_MAX = 4096;
const known = new Map<string, number>();

const widthOf = (cluster: string): number => {
  const found = known.get(cluster);
  if (found !== undefined) return found;
  const width = stringWidth(cluster);
  if (known.size >= KNOWN_MAX) known.clear();
  if (cluster.length <= CLUSTER_MAX) known.set(cluster, width);
  return width;
};

const asCluster = (text: string): Cluster => {
  const width = widthOf(text);
  return { text, width: width >= 2 ? 2 : width === 1 ? 1 : 0 };
};

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** Grapheme clusters, as Unicode's UAX 29 cuts them. */
export const graphemes = (text: string): string[] => {
  if (PRINTABLE_ASCII.test(text)) return text.split('');
  const found: string[] = [];
  let start = 0;
  let size = SLICE;
  while (start < text.length) {
    let stop = Math.min(start + size, text.length);
    // Half of a surrogate pair at the end would be taken for a cluster of its own.
    if (stop < text.length && isHighSurrogate(text.charCodeAt(stop - 1))) stop -= 1;
    const slice = text.slice(start, stop);
    const parts = Array.from(segmenter.segment(slice), ({ segment }) => segment);
    const complete = stop === text.length;
    // The last one may go on behind the slice: it starts the next slice.
    if (!complete) parts.pop();
    if (parts.length === 0) {
      size *= 2;
      continue;
    }
    for (const part of parts) {
      found.push(part);
      start += part.length;
    }
    size = SLICE;
  }
  return found;
};

/** A cluster that is too long or too wide for a cell, as its code points; what has no width stays with its base. */
const cutUp = (text: string): Cluster[] => {
  const pieces: Cluster[] = [];
  for (const character of text) {
    const piece = asCluster(character);
    const last = pieces.at(-1);
    if (last && piece.width === 0) {
      if (last.text.length < CLUSTER_MAX) last.text += character;
    } else pieces.push(piece);
  }
  return pieces;
};

/** Text cut into what goes into cells: each 0, 1 or 2 wide. */
export const clusters = (text: string): Cluster[] => {
  if (PRINTABLE_ASCII.test(text)) return Array.from(text, (character) => ({ text: character, width: 1 }));
  return graphemes(text).flatMap((cluster) => {
    if (cluster.length === 1 && PRINTABLE_ASCII.test(cluster)) return [{ text: cluster, width: 1 as const }];
    if (cluster.length > CLUSTER_MAX || widthOf(cluster) > 2) return cutUp(cluster);
    return [asCluster(cluster)];
  });
};

/** Cells that a line fills. */
export const cellsOf = (text: string): number =>
  PRINTABLE_ASCII.test(text) ? text.length : clusters(text).reduce((sum, { width }) => sum + width, 0);

/** The text if it fits into `cells`, else as much of its beginning as fits with an ellipsis. */
export const truncate = (text: string, cells: number): string => {
  if (cellsOf(text) <= cells) return text;
  let kept = '';
  let used = 0;
  for (const cluster of clusters(text)) {
    if (used + cluster.width > cells - 1) break;
    kept += cluster.text;
    used += cluster.width;
  }
  return cells > 0 ? `${kept}…` : '';
};
