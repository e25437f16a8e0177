import { Agent } from 'node:http';
import { openRawStream } from '@secure-chat/bench/delivery/raw-stream';
import { mustRegister, newAccount } from '../contract/people.ts';
import { login } from '../v1-client/account.ts';
import { ask, type Reply } from '../v1-client/http.ts';
import { bodyOf, listOf, member, textMember } from '../v1-client/reading.ts';
import { loginV2 } from '../v2-client/session.ts';

/** What an honest user sees. */
export interface Seen {
  /** A request, in milliseconds, or why it was not answered with 200. */
  onAnswered(ms: number, failed: string | null): void;
  /** The text of a message. */
  onMessage(text: string): void;
}

export interface HonestUser {
  readonly name: string;
  send(to: string, text: string): Promise<void>;
  /** What this kind of client does each second beside. */
  tick(): Promise<void>;
  end(): void;
}

/** One who speaks v1: a connection for each request, a poll a second, signatures that name no session. */
export async function createV1User(url: string, seen: Seen): Promise<HonestUser> {
  const account = await mustRegister(url, newAccount('honest'));
  const session = await login(url, account);
  return {
    name: account.username,
    send: async (to, message) =>
      void (await timed(seen, () => session.post(`/chat/${to}/send`, { message }))),
    async tick() {
      const reply = await timed(seen, () => session.get('/chat/messages'));
      if (!reply) return;
      for (const record of listOf(member(bodyOf(reply), 'messages')))
        seen.onMessage(textMember(record, 'message'));
    },
    end: () => {},
  };
}

/** One with our client's ways: connections that stay, signatures v2, a stream. */
export async function createV2User(url: string, seen: Seen): Promise<HonestUser> {
  const account = await mustRegister(url, newAccount('honest'));
  const session = await loginV2(url, account);
  const agent = new Agent({ keepAlive: true });
  const signed = (path: string, body: string) => {
    const headers = {
      'Content-Type': 'application/json',
      ...session.headers({ method: 'POST', path, body }),
    };
    return timed(seen, () => ask(url, { method: 'POST', path, headers, body, agent }));
  };
  const reader = {
    sessionId: session.sessionId,
    sessionKey: session.key,
    signatures: 'v2',
    path: '/chat/stream?presence=',
  } as const;
  const stream = openRawStream(url, reader, {
    onRequest: () => {},
    onFailure: () => seen.onAnswered(0, 'a stream was refused'),
    onMessage: seen.onMessage,
    onLost: () => seen.onAnswered(0, 'a stream was lost'),
    onResumed: () => {},
  });
  await stream.live;
  return {
    name: account.username,
    send: async (to, message) => void (await signed(`/chat/${to}/send`, JSON.stringify({ message }))),
    tick: async () => void (await signed('/presence', '')),
    end() {
      stream.end();
      agent.destroy();
    },
  };
}

/** The answer; null when it was none, or a refusal. */
async function timed({ onAnswered }: Seen, request: () => Promise<Reply>): Promise<Reply | null> {
  const start = performance.now();
  try {
    const reply = await request();
    onAnswered(
      performance.now() - start,
      reply.status === 200 ? null : `${reply.status} ${reply.text.slice(0, 200)}`,
    );
    return reply.status === 200 ? reply : null;
  } catch (error) {
    onAnswered(performance.now() - start, String(error));
    return null;
  }
}
