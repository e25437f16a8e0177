/** What was lately used, by name. Never more than `max`: where there would be, the half that was not used for longest is forgotten. */
export interface Lately<V> {
  get(name: string): V | undefined;
  set(name: string, value: V): void;
  size(): number;
}

/** Two generations: what is used moves to the younger one, which becomes the older one when it is half of all. */
export function createLately<V>(max: number): Lately<V> {
  let young = new Map<string, V>();
  let old = new Map<string, V>();

  const set = (name: string, value: V): void => {
    if (young.size >= max / 2 && !young.has(name)) {
      old = young;
      young = new Map();
    }
    young.set(name, value);
    old.delete(name);
  };

  return {
    get(name) {
      const value = young.get(name);
      if (value !== undefined) return value;
      const earlier = old.get(name);
      if (earlier !== undefined) set(name, earlier);
      return earlier;
    },
    set,
    size: () => young.size + old.size,
  };
}
