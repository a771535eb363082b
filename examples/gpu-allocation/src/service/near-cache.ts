/** What a process has at hand without asking anybody. It may be older than what others see: whoever changes the thing forgets it here. */
export interface NearCache<T> {
  get(key: string): T | undefined;
  put(key: string, value: T): void;
  forget(key: string): void;
}

/** Holds `limit` things at most; the ones put first give way. */
export function nearCache<T>(limit: number): NearCache<T> {
  const held = new Map<string, T>();
  return {
    get: (key) => held.get(key),
    put(key, value) {
      held.delete(key);
      held.set(key, value);
      for (const oldest of held.keys()) {
        if (held.size <= limit) return;
        held.delete(oldest);
      }
    },
    forget: (key) => void held.delete(key),
  };
}
