/** What is found; where that is nothing, what is found once all is here that was durable at the time of the call. */
export async function findCaughtUp<T>(
  find: () => Promise<T | null>,
  caughtUp: () => Promise<void>,
): Promise<T | null> {
  const found = await find();
  if (found !== null) return found;
  await caughtUp();
  return find();
}
