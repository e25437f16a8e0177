import type { Reply } from './http.ts';

/** The body as JSON. Throws, with the status and the text, when it is not JSON. */
export function bodyOf(reply: Reply): unknown {
  try {
    return JSON.parse(reply.text);
  } catch {
    throw new Error(`not JSON (status ${reply.status}): ${JSON.stringify(reply.text.slice(0, 200))}`);
  }
}

/** A member of a JSON object; throws when the value is no object or has no such member. */
export function member(value: unknown, name: string): unknown {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, name)) {
    return Reflect.get(value, name);
  }
  throw new Error(`no member ${name} in ${JSON.stringify(value).slice(0, 200)}`);
}

/** A member that is a string; throws otherwise. */
export function textMember(value: unknown, name: string): string {
  const found = member(value, name);
  if (typeof found !== 'string') throw new Error(`${name} is not a string: ${JSON.stringify(found)}`);
  return found;
}

/** A value that is an array; throws otherwise. */
export function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error(`not an array: ${JSON.stringify(value).slice(0, 200)}`);
  return value;
}
