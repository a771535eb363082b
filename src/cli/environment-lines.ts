/** Variables that hold a password, or may. */
const SECRETS: ReadonlySet<string> = new Set(['NEO4J_PASSWORD']);

type Variables = Readonly<Record<string, string>>;

/** Without what holds a secret. */
export function shownVariables(variables: Variables): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([name, value]) => !holdsSecret(name, value)));
}

/** Lines to paste into a shell; a secret is left to whoever has it. */
export function exportLines(variables: Variables): readonly string[] {
  return Object.entries(variables).map(([name, value]) =>
    holdsSecret(name, value) ? `# ${name}: as you have it` : `export ${name}=${quoted(value)}`,
  );
}

/** A file for `node --env-file` and the like, secrets included. */
export function environmentFile(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${/^[\w@%+:,./=-]*$/.test(value) ? value : JSON.stringify(value)}\n`)
    .join('');
}

function holdsSecret(name: string, value: string): boolean {
  if (SECRETS.has(name)) return value !== '';
  return URL.canParse(value) && new URL(value).password !== '';
}

function quoted(value: string): string {
  return /^[\w@%+:,./=-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
