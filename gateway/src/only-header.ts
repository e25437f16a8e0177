/** A header that came once; undefined otherwise. */
export const onlyHeader = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : undefined;
