import { spawn } from 'node:child_process';
import { fstatSync } from 'node:fs';

/**
 * Calls back once when nobody reads the pipe at this descriptor any more; gives back what ends the watch. Node does not see that
 * before its next write: tail of GNU, which polls its output, watches for us, and ends with this process. Where there is none, or the
 * descriptor is no pipe, the next write has to tell.
 */
export function watchReader(fd: number, onGone: () => void): () => void {
  if (process.platform !== 'linux' || !fstatSync(fd).isFIFO()) return () => undefined;
  const args = [`--pid=${process.pid}`, '-f', '/dev/null'];
  const watching = spawn('tail', args, { stdio: ['ignore', fd, 'ignore'] });
  watching.on('error', () => undefined);
  watching.on('exit', (_, signal) => {
    if (signal === 'SIGPIPE') onGone();
  });
  watching.unref();
  return () => {
    watching.kill();
  };
}
