/** What stands behind the `?` of a request's target, as it came; empty where nothing does. */
export function queryOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}
