export interface FirstFewOptions<T> {
  readonly most: number;
  readonly tell: (one: T) => string;
  /** Default: `3 more`. */
  readonly more?: (rest: number) => string;
}

/** The first of many in words, and as the last word how many more there are. */
export function firstFew<T>(
  all: readonly T[],
  { most, tell, more = (rest) => `${rest} more` }: FirstFewOptions<T>,
): readonly string[] {
  const few = all.slice(0, most).map(tell);
  const rest = all.length - few.length;
  return rest > 0 ? [...few, more(rest)] : few;
}
