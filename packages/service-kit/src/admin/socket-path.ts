import { join } from 'node:path';

/** Bytes of the path of a Unix socket: 104 on macOS, 108 on Linux, with a zero at the end. */
export const SOCKET_PATH_MAX = 103;

/** Where administrators reach the system whose data folder that is; or the reason why nobody can, as a sentence. */
export function adminSocketPath(dataDir: string): { readonly path: string } | { readonly error: string } {
  const path = join(dataDir, 'admin.sock');
  const bytes = Buffer.byteLength(path);
  if (bytes <= SOCKET_PATH_MAX) return { path };
  return {
    error: `The data folder lies too deep: ${path} has ${bytes} bytes, and the path of a socket at most ${SOCKET_PATH_MAX}. Move the folder, or name a link to it as DATA_DIR.`,
  };
}
