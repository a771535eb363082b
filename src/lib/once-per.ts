/** The function with its answers kept: one for each object that it was asked about, as long as that object lives. */
export function oncePer<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    const known = made.get(key);
    if (known) return known.value;
    const value = make(key);
    made.set(key, { value });
    return value;
  };
}

export interface OncePerTextOptions<K> {
  /** Answers to more are given, and not kept. */
  readonly most: number;
  readonly textOf: (key: K) => string;
}

/** The function with its first answers kept: one for each text that stands for what it was asked about. */
export function oncePerText<K, V>(make: (key: K) => V, { most, textOf }: OncePerTextOptions<K>): (key: K) => V {
  const made = new Map<string, { readonly value: V }>();
  return (key) => {
    const text = textOf(key);
    const known = made.get(text);
    if (known) return known.value;
    const value = make(key);
    if (made.size < most) made.set(text, { value });
    return value;
  };
}
