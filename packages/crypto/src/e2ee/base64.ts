/** The bytes of canonical base64 (RFC 4648, section 4), or null. Buffer.from alone skips what it does not know. */
export function fromBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
