import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';

/** A value as its narrow type, or null when it is not one. */
export type Decoder<T> = (value: unknown) => T | null;

/** Compiled at the first use. */
export function createDecoder<S extends TSchema>(schema: S): Decoder<Static<S>> {
  let compiled: Validator | undefined;
  const check = (value: unknown): value is Static<S> => {
    compiled ??= Compile(schema);
    return compiled.Check(value);
  };
  return (value) => (check(value) ? value : null);
}

/** The value of a JSON text, or undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
