const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/**
 * Whether arrays and objects stand within one another more than so many levels deep in the UTF-8 text of a JSON value (RFC 8259, 9:
 * a parser may set limits). Of what is no JSON it says one or the other. To look costs a tenth of what parsing 64 KiB of brackets does.
 */
export function isDeeper(json: Uint8Array, max: number): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (isText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (OPENING.has(byte)) {
      depth++;
      if (depth > max) return true;
    } else if (CLOSING.has(byte)) depth--;
  }
  return false;
}
