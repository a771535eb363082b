import { TracecourtError } from '../../errors.js';

/** Something besides the stores that should be there. */
export type Endpoint =
  | { readonly kind: 'http'; readonly url: URL }
  | { readonly kind: 'tcp'; readonly address: string }
  | { readonly kind: 'dns'; readonly name: string };

const ADDRESS = /^(\[[0-9a-f:]+\]|[\w.-]+):(\d{1,5})$/i;
const HOST_NAME = /^[\w-]{1,63}(\.[\w-]{1,63})*\.?$/;

/** Reads what somebody wrote as an endpoint of a kind. Throws TracecourtError `usage` that says what was expected. */
export function parseEndpoint(kind: Endpoint['kind'], text: string): Endpoint {
  switch (kind) {
    case 'http': {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      if (url && /^https?:$/.test(url.protocol)) return { kind, url };
      throw unexpected(kind, text, 'a URL like http://127.0.0.1:8080/healthz');
    }
    case 'tcp': {
      const port = Number(ADDRESS.exec(text)?.[2] ?? 0);
      if (port >= 1 && port <= 65_535) return { kind, address: text };
      throw unexpected(kind, text, 'an address like 127.0.0.1:5432');
    }
    case 'dns':
      if (HOST_NAME.test(text)) return { kind, name: text };
      throw unexpected(kind, text, 'a name like db.example.com');
    default:
      return kind satisfies never;
  }
}

function unexpected(kind: string, text: string, expected: string): TracecourtError {
  const shown = JSON.stringify(text.replace(/\/\/[^/]*@/, '//'));
  return new TracecourtError('usage', `--${kind} ${shown}: expected ${expected}.`);
}
