import fc from 'fast-check';
import {
  IsBoolean,
  IsEnum,
  IsInteger,
  IsLiteral,
  IsObject,
  IsString,
  IsUnion,
  type TSchema,
  type TStringOptions,
} from 'typebox';
import type { Random } from '../faults/random.ts';

/** Texts of a pattern that are made once, since making one takes a while. */
const POOL = 64;
/** Characters of a text that has no pattern: those that somebody may have in mind, and those that nobody has. */
const ALPHABET = [...'abcXYZ0189 _-.+/=|"\\\'%&<>{}[]:;\u0000\n\u001b\u202eäß漢🎉'];
/** Characters of most texts, and of one in eight at most; more than that is the bends' business. */
const USUAL = 40;
const LONG = 4_000;

export type SchemaValues = (schema: TSchema, random: Random) => unknown;

/** Values that fit a schema of the wire: objects of texts, constants, whole numbers and the like. Throws for a schema of another kind. */
export function createSchemaValues(seed: number): SchemaValues {
  const pools = new Map<string, readonly string[]>();

  function matching(pattern: string, random: Random): string {
    const pool =
      pools.get(pattern) ?? fc.sample(fc.stringMatching(new RegExp(pattern)), { seed, numRuns: POOL });
    pools.set(pattern, pool);
    return random.pick(pool);
  }

  return function valueFor(schema, random): unknown {
    if (IsObject(schema)) {
      const required: readonly string[] = schema.required ?? [];
      const members = Object.entries(schema.properties).filter(
        ([name]) => required.includes(name) || random.chance(0.5),
      );
      return Object.fromEntries(members.map(([name, member]) => [name, valueFor(member, random)]));
    }
    if (IsUnion(schema)) return valueFor(random.pick(schema.anyOf), random);
    if (IsLiteral(schema)) return schema.const;
    if (IsEnum(schema)) return random.pick(schema.enum);
    if (IsBoolean(schema)) return random.chance(0.5);
    if (IsInteger(schema)) return random.int(0, 1_000);
    if (!IsString(schema)) throw new Error(`no values for the schema ${JSON.stringify(schema)}`);
    const { pattern, minLength = 0, maxLength = LONG }: TStringOptions = { ...schema };
    if (pattern !== undefined) return matching(String(pattern), random);
    const most = Math.min(maxLength, random.chance(1 / 8) ? LONG : USUAL);
    return textOf(random.int(Math.min(minLength, most), most), random);
  };
}

/** So many characters. */
export const textOf = (length: number, random: Random): string =>
  Array.from({ length }, () => random.pick(ALPHABET)).join('');
