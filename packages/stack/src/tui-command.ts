import { hostOf } from '@secure-chat/service-kit/key-pair';

/**
 * What opens the TUI on the server that listens at `url`. `cert`: its certificate, PEM, whose name the client asks for; null over
 * plain HTTP, which a client lets out of its machine only when it is told to.
 */
export function tuiCommand(url: string, cert: string | null): string {
  const address = new URL(url);
  if (cert !== null) address.hostname = hostOf(cert) ?? address.hostname;
  const leaves = cert === null && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(address.hostname);
  return `npm run tui -- --server ${address.origin}${leaves ? ' --insecure-http' : ''}`;
}
