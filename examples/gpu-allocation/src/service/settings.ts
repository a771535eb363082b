/**
 * The environment variables a service cannot do without, by name.
 *
 * Throws one Error that names every variable that is missing or empty.
 */
export function settings<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, string>> {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`set ${missing.join(', ')}: this service cannot run without`);
  return Object.fromEntries(names.map((name) => [name, process.env[name]])) as Record<Name, string>;
}

/** A variable in milliseconds, or `otherwise` when it is not set. Throws an Error when it is no positive number. */
export function milliseconds(name: string, otherwise: number): number {
  const text = process.env[name];
  if (!text) return otherwise;
  const value = Number(text);
  if (value > 0) return value;
  throw new Error(`${name} is "${text}": expected a number of milliseconds`);
}
