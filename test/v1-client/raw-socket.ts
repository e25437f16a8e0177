import { connect, type Socket } from 'node:net';
import type { Reply } from './http.ts';

const PATIENCE_MS = 5_000;

/** Sends these bytes, whatever they are, and reads until the server closes. Rejects after 5 s of silence. */
export function rawExchange(url: string, bytes: string | Buffer): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = open(url, reject);
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => {
      socket.destroy();
      resolve(parseReply(Buffer.concat(chunks).toString('utf8')));
    });
  });
}

/** Sends a request and resets the connection at once: no answer can be written to it. */
export function askAndVanish(url: string, bytes: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = open(url, reject);
    socket.on('close', () => resolve());
    socket.on('connect', () => {
      // in one breath, so that the reset has arrived before the server can read, let alone answer
      socket.write(bytes);
      socket.resetAndDestroy();
    });
  });
}

/** Sends a request, waits for the head of the answer, and breaks off with the rest unread. */
export function askAndBreakOff(url: string, bytes: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = open(url, reject);
    socket.on('close', () => resolve());
    socket.on('connect', () => socket.write(bytes));
    socket.once('data', () => {
      socket.pause();
      socket.resetAndDestroy();
    });
  });
}

/** The bytes of a request without a body, with exactly these headers after `Host`. */
export function requestHead(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\nHost: ${new URL(url).host}\r\n${lines.join('')}\r\n`;
}

function open(url: string, reject: (error: Error) => void): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error(`silent for ${PATIENCE_MS} ms`)));
  socket.on('error', reject);
  return socket;
}

function parseReply(text: string): Reply {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = (end < 0 ? text : text.slice(0, end)).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return {
    status: Number(statusLine.split(' ')[1] ?? 0),
    headers,
    text: end < 0 ? '' : text.slice(end + 4),
  };
}
