import type { EffectQuery } from '../model/index.js';

/** A mention of a value in a key, a topic or a Cypher query. */
export interface ValueReference {
  readonly name: string;
  readonly offset: number;
}

const IN_TEXT = /\{([^{}]*)\}/g;
/** Quoted parts and comments of a query come first, so that a `$` inside them is no parameter. */
const IN_CYPHER =
  /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]\w*)|\$`([^`]*)`|`[^`]*`/g;

/** `{name}` in a key or topic. */
export function referencesInText(text: string): readonly ValueReference[] {
  return [...text.matchAll(IN_TEXT)].map((match) => ({ name: match[1] ?? '', offset: match.index + 1 }));
}

/** `$name` in Cypher, outside of texts, quoted names and comments. */
export function referencesInCypher(cypher: string): readonly ValueReference[] {
  return [...cypher.matchAll(IN_CYPHER)].flatMap((match) => {
    const name = match[1] ?? match[2];
    return name === undefined ? [] : [{ name, offset: match.index + 1 }];
  });
}

/** `text` with each `{name}` replaced by what `fill` gives. */
export function fillText(text: string, fill: (name: string) => string): string {
  return text.replace(IN_TEXT, (_whole, name: string) => fill(name));
}

/** The values a query mentions, by the field that mentions them. */
export function referencesIn(query: EffectQuery): Readonly<Record<string, readonly ValueReference[]>> {
  switch (query.store) {
    case 'neo4j':
      return { cypher: referencesInCypher(query.cypher) };
    case 'redis':
      return { key: referencesInText(query.key) };
    case 'kafka':
      return { topic: referencesInText(query.topic), key: referencesInText(query.key) };
    default:
      return query satisfies never;
  }
}
