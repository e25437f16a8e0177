/** The elements in their order, at most `size` in each page; none for no elements. */
export function pagesOf<T>(all: readonly T[], size: number): T[][] {
  const pages: T[][] = [];
  for (let start = 0; start < all.length; start += size) pages.push(all.slice(start, start + size));
  return pages;
}
