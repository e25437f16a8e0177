import { constants, fstatSync } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Whether somebody may still read what is written to this descriptor. Node does not tell before the next write; Linux refuses to open
 * a pipe once more that has no reader. True for whatever is no pipe, and on other systems.
 */
export async function hasReader(fd: number): Promise<boolean> {
  if (process.platform !== 'linux' || !fstatSync(fd).isFIFO()) return true;
  try {
    const again = await open(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
    await again.close();
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENXIO');
  }
}
