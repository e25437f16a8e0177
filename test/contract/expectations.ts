import { expect, vi } from 'vitest';
import type { Reply } from '../v1-client/http.ts';
import { bodyOf, listOf, member, textMember } from '../v1-client/reading.ts';
import type { V1Session } from '../v1-client/session.ts';

/** A success: 200, JSON, and what the body holds. */
export function expectOk(reply: Reply): unknown {
  expect({ status: reply.status, text: reply.status === 200 ? '' : reply.text }).toEqual({
    status: 200,
    text: '',
  });
  expect(reply.headers['content-type']).toMatch(/^application\/json/);
  return bodyOf(reply);
}

/** A success with exactly this body. */
export function expectBody(reply: Reply, body: unknown): void {
  expect(expectOk(reply)).toEqual(body);
}

/** A refusal with one of these statuses and the documented shape; hands out its code. */
export function expectRefusal(reply: Reply, ...statuses: number[]): string {
  expect(statuses, `answered ${reply.status} ${reply.text.slice(0, 300)}`).toContain(reply.status);
  return expectErrorShape(reply);
}

/** `{"error": {"code", "message", "request_id"}, "detail"}` and nothing else; hands out the code. */
export function expectErrorShape(reply: Reply): string {
  expect(reply.headers['content-type']).toMatch(/^application\/json/);
  const body = bodyOf(reply);
  const error = member(body, 'error');
  const code = textMember(error, 'code');
  const message = textMember(error, 'message');
  const requestId = textMember(error, 'request_id');
  expect(body).toEqual({ error: { code, message, request_id: requestId }, detail: message });
  expect(code).toMatch(/^[a-z][a-z_]*$/);
  expect(message).not.toBe('');
  expect(requestId).not.toBe('');
  expect(reply.headers['x-request-id']).toBe(requestId);
  if (reply.status === 429 || reply.status === 503) expect(reply.headers['retry-after']).toMatch(/^\d+$/);
  return code;
}

/** What is pending on the message topic, by one poll. */
export async function pollMessages(session: V1Session): Promise<unknown[]> {
  return listOf(member(expectOk(await session.get('/chat/messages')), 'messages'));
}

/** What is pending on the key topic, by one poll. */
export async function pollKeys(session: V1Session): Promise<unknown[]> {
  return listOf(member(expectOk(await session.get('/chat/keyexchange')), 'keys'));
}

/** Polls the message topic until a poll brings nothing; the texts in the order they came. */
export async function drainTexts(session: V1Session): Promise<string[]> {
  const texts: string[] = [];
  for (;;) {
    const page = await pollMessages(session);
    if (page.length === 0) return texts;
    texts.push(...page.map((record) => textMember(record, 'message')));
  }
}

/**
 * Waits until the list of users has this entry. A new user is in the list soon; the contract promises only to find her
 * by name at once.
 */
export async function untilListed(session: V1Session, entry: { username: string; online: boolean }) {
  await vi.waitFor(async () => expect(expectOk(await session.get('/chat/users'))).toContainEqual(entry), {
    timeout: 2_000,
    interval: 50,
  });
}
