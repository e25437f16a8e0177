import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SchemaRegistry, startRegistry } from './registry.ts';

let registry: SchemaRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry?.stop());

/** Resolves to the schema's id. */
async function register(subject: string, schema: string): Promise<number> {
  const response = await fetch(`${registry.url}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema }),
  });
  expect(response.status).toBe(200);
  return Number(/"id":(\d+)/.exec(await response.text())?.[1]);
}

test('a registry that is killed right after an answer has the same schemas under the same ids afterwards', async () => {
  const first = await register('first-value', '{"type":"string"}');
  const second = await register('second-value', '{"type":"long"}');
  await registry.kill();
  await expect(fetch(registry.url)).rejects.toThrow();
  await registry.restart();
  const response = await fetch(`${registry.url}/schemas/ids/${second}`);
  expect(await response.json()).toMatchObject({ schema: expect.stringContaining('long') });
  expect(await register('first-value', '{"type":"string"}')).toBe(first);
  expect(await register('third-value', '{"type":"int"}')).toBeGreaterThan(second);
});

test('a paused registry accepts connections and does not answer until it is resumed', async () => {
  registry.pause();
  const asked = fetch(`${registry.url}/subjects`);
  const inTime = await Promise.race([
    asked,
    fetch(`${registry.url}/subjects`, { signal: AbortSignal.timeout(1_000) }).catch(() => null),
  ]);
  expect(inTime).toBeNull();
  registry.resume();
  expect((await asked).status).toBe(200);
});
