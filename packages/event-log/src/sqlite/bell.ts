import { closeSync, type FSWatcher, openSync, watch, writeSync } from 'node:fs';

/**
 * How processes that share a file tell each other of a commit: a byte written beside it, which the system tells its watchers of.
 * It carries nothing and may fail to ring: who listens looks now and then all the same.
 */
export interface Bell {
  /** Never throws. */
  ring(): void;
  /** `onRing` is called soon after each ring, also of this process; rings that come close are one. */
  listen(onRing: () => void): Listening;
  /** Once is enough. */
  close(): void;
}

export interface Listening {
  /** False where the system does not tell of writes, or has stopped to. */
  readonly hears: boolean;
  stop(): void;
}

const BYTE = Buffer.alloc(1);

/** The file is made with mode 0600 where it is not there. */
export function createBell(path: string): Bell {
  closeSync(openSync(path, 'a', 0o600));
  // Not to append to it: the one byte is written over.
  const striker = openSync(path, 'r+');
  let closed = false;
  return {
    ring() {
      if (closed) return;
      try {
        writeSync(striker, BYTE, 0, 1, 0);
      } catch {
        // A full disk: they look anyway.
      }
    },
    listen(onRing) {
      let watcher: FSWatcher | null = null;
      const stop = (): void => {
        watcher?.close();
        watcher = null;
      };
      try {
        watcher = watch(path, { persistent: false }, onRing).on('error', stop);
      } catch {
        // As many watches as the system allows are in use.
      }
      return {
        get hears() {
          return watcher !== null;
        },
        stop,
      };
    },
    close() {
      if (closed) return;
      closed = true;
      closeSync(striker);
    },
  };
}
