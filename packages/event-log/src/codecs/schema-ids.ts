import type { AvroRecord } from '@secure-chat/wire/events';
import type avsc from 'avsc';

/** The schemas of one kind of topic: their common name, and the one that this version writes. */
export interface Subject {
  readonly subject: string;
  readonly schema: AvroRecord;
}

/** Numbers for schemas. A number, once given, means the same schema for ever. Both throw `unavailable`. */
export interface SchemaIds {
  /** The number of the schema that this version writes. */
  idOf(subject: Subject): Promise<number>;
  /** The schema of a number; null when it is none of this subject's. */
  schemaOf(subject: Subject, id: number): Promise<avsc.Type | null>;
}
