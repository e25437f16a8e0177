import { isUsername, Username } from '@secure-chat/wire/names';
import { ClientError } from './client-error.ts';
import { createDecoder } from './decoder.ts';

const decodeWriting = createDecoder(Username);

/** Throws ClientError bad_name, which tells a reserved name from one that is written wrong. */
export function assertUsername(name: string): void {
  if (isUsername(name)) return;
  const reserved = decodeWriting(name) !== null;
  throw new ClientError(
    'bad_name',
    reserved
      ? `The name "${name}" is reserved: some computers use it for a device. Choose another one.`
      : 'A user name has 1 to 32 letters, digits, "_" or "-", and starts with a letter or a digit.',
  );
}
