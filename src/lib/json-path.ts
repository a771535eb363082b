/** One step of a path into JSON: a key of a map, or an index of a list (from 0; from the end where it is negative). */
export type JsonPath = readonly (string | number)[];

const PART = /\.?([^.[\]]+)|\[(-?\d+)\]|\['([^']*)'\]/y;

/** `order.items[0].sku`, `['a.b'].c`; undefined for a text that is no path. A leading `$.` may stand. */
export function parseJsonPath(text: string): JsonPath | undefined {
  const path: (string | number)[] = [];
  const from = text.startsWith('$') ? 1 : 0;
  PART.lastIndex = from;
  while (PART.lastIndex < text.length) {
    const match = PART.exec(text);
    if (!match) return undefined;
    if (match[1] !== undefined) path.push(match[1]);
    else if (match[2] !== undefined) path.push(Number(match[2]));
    else path.push(match[3] ?? '');
  }
  return path.length === 0 ? undefined : path;
}

/** What is at the path; undefined where nothing is. */
export function valueAtPath(data: unknown, path: JsonPath): unknown {
  let value = data;
  for (const part of path) {
    if (typeof part === 'number') value = Array.isArray(value) ? value.at(part) : undefined;
    else if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, part))
      value = (value as Readonly<Record<string, unknown>>)[part];
    else return undefined;
  }
  return value;
}
