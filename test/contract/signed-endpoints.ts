/** Every signed endpoint of v1: method, path, and a body where one is due. */
export const SIGNED_ENDPOINTS: [method: 'GET' | 'POST', path: string, body?: Record<string, string>][] = [
  ['POST', '/chat/auth/logout'],
  ['GET', '/chat/users'],
  ['POST', '/presence'],
  ['GET', '/chat/{username}/publickey'],
  ['POST', '/chat/{username}/keyexchange', { encrypted_key: 'a2V5' }],
  ['GET', '/chat/keyexchange'],
  ['POST', '/chat/{username}/send', { message: 'hello' }],
  ['GET', '/chat/messages'],
];

/** The path with this user in it. */
export const pathTo = (path: string, username: string): string => path.replace('{username}', username);
