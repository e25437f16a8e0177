import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { CliError, EXIT } from './exit-codes.ts';

/** Bytes of stdin that are read as one message: more than any can have, and the client says how many it may. */
const TEXT_MAX = 64 * 1024;

/** All of it as one text, without the line break at its end. Throws CliError failed for what is not UTF-8. */
export async function readText(input: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > TEXT_MAX) break;
  }
  // What was cut off at the end is too long in any case.
  const whole = Buffer.concat(chunks);
  return decode(whole, size > TEXT_MAX).replace(/\r?\n$/, '');
}

function decode(bytes: Buffer, isCut: boolean): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut });
  } catch (cause) {
    throw new CliError(
      EXIT.failed,
      'What came on stdin is not text in UTF-8. Encode it first, as with base64.',
      { cause },
    );
  }
}

/** Line by line, as they come; without those that are blank. */
export async function* readLines(input: Readable): AsyncGenerator<string> {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
    if (line.trim() !== '') yield line;
}
