/** A JSON Schema, as far as the one of flow files goes. */
interface Schema {
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly items?: Schema | boolean;
}

type Data = Readonly<Record<string, unknown>>;

/** Visits a schema's keys, and its words out of several, by the places they have in a file: `rules[].init`, `steps.*.kind=server`. */
class Walk {
  readonly found = new Set<string>();
  readonly #definitions: Readonly<Record<string, Schema>>;
  readonly #open = new Set<string>();

  constructor(root: object) {
    this.#definitions = (root as { readonly $defs?: Record<string, Schema> }).$defs ?? {};
  }

  /** All that can be said. */
  all(schema: Schema, path: string): void {
    if (schema.$ref !== undefined) {
      if (this.#open.has(schema.$ref)) return;
      this.#open.add(schema.$ref);
      this.all(this.#behind(schema), 'order');
    }
    for (const one of schema.anyOf ?? []) this.all(one, path);
    for (const word of schema.enum ?? []) this.found.add(`${path}=${word}`);
    for (const [key, value] of Object.entries(schema.properties ?? {})) this.all(value, this.#key(path, key));
    if (isSchema(schema.additionalProperties)) this.all(schema.additionalProperties, `${path}.*`);
    if (isSchema(schema.items)) this.all(schema.items, `${path}[]`);
  }

  /** What the data says of it. */
  said(schema: Schema, data: unknown, path: string): void {
    if (schema.$ref !== undefined) this.said(this.#behind(schema), data, 'order');
    for (const one of schema.anyOf ?? []) if (fits(one, data)) this.said(one, data, path);
    if (schema.enum?.includes(data)) this.found.add(`${path}=${data}`);
    if (Array.isArray(data)) {
      if (isSchema(schema.items)) for (const item of data) this.said(schema.items, item, `${path}[]`);
      return;
    }
    if (typeof data !== 'object' || data === null) return;
    for (const [key, value] of Object.entries(data)) {
      const known = schema.properties?.[key];
      if (known) this.said(known, value, this.#key(path, key));
      else if (isSchema(schema.additionalProperties)) this.said(schema.additionalProperties, value, `${path}.*`);
    }
  }

  #behind({ $ref = '' }: Schema): Schema {
    return this.#definitions[$ref.replace('#/$defs/', '')] ?? {};
  }

  #key(path: string, key: string): string {
    // What is asked of a value is one language, wherever the value stands.
    const name = (path === '' ? key : `${path}.${key}`).replace('.json.*.*.', '.attributes.*.');
    this.found.add(name);
    return name;
  }
}

/** All that a file of this schema can say. */
export function constructsOf(root: object): ReadonlySet<string> {
  const walk = new Walk(root);
  walk.all(root, '');
  return walk.found;
}

/** What one file says of it. */
export function constructsIn(root: object, data: unknown): ReadonlySet<string> {
  const walk = new Walk(root);
  walk.said(root, data, '');
  return walk.found;
}

function isSchema(part: Schema | boolean | undefined): part is Schema {
  return typeof part === 'object';
}

/** Whether the data can be of this alternative: maps are told apart by their keys. */
function fits(schema: Schema, data: unknown): boolean {
  const { properties, required = [], additionalProperties } = schema;
  if (!properties || typeof data !== 'object' || data === null) return true;
  const keys = Object.keys(data as Data);
  const known = additionalProperties === false ? keys.every((key) => key in properties) : true;
  return known && required.every((key) => keys.includes(key));
}
