/** Every signed endpoint that a v1 body fits: method, path, and a body where one is due. `bundles.ts` has the others. */
export const SIGNED_ENDPOINTS: [method: 'GET' | 'POST', path: string, body?: Record<string, unknown>][] = [
  ['POST', '/chat/auth/logout'],
  ['GET', '/chat/auth/sessions'],
  ['POST', '/chat/auth/sessions/end', { others: true }],
  ['GET', '/chat/users'],
  ['POST', '/presence'],
  ['GET', '/chat/{username}/publickey'],
  ['GET', '/key-log'],
  ['GET', '/key-log?from=0'],
  ['POST', '/chat/{username}/keyexchange', { encrypted_key: 'a2V5' }],
  ['GET', '/chat/keyexchange'],
  ['POST', '/chat/{username}/send', { message: 'hello' }],
  ['GET', '/chat/messages'],
  ['POST', '/chat/ack', { cursor: '0.0' }],
  ['POST', '/chat/{username}/ephemeral', { body: 'typing' }],
];

/** The path with this user in it. */
export const pathTo = (path: string, username: string): string => path.replace('{username}', username);
