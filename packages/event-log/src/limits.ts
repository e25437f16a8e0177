/** Limits that every backend keeps. Each has a test. */

/** Bytes of one value. Kafka's usual `message.max.bytes`; the largest request body of the API is 64 KiB. */
export const VALUE_MAX = 1024 * 1024;
