/**
 * JSON as Python's `json.dumps` writes it by default: a space after each comma and colon, and everything outside ASCII
 * escaped. A server that signs or compares a re-serialised body gives itself away on these bytes.
 */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, member]) => `${ascii(name)}: ${pythonJson(member)}`);
    return `{${members.join(', ')}}`;
  }
  return ascii(value);
}

function ascii(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
