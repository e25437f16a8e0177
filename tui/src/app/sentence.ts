import { ClientError } from '@secure-chat/client/client-error';

/** The sentence for a person; what is not the client's refusal is a crash, and not hidden. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ClientError) return error.message;
  throw error;
}
