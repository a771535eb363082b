import { TracecourtError } from '../errors.js';

const REFERENCE = /\$\{([^}]*)\}/g;

/**
 * Replaces `${name}` by what is known of it: `${gateway.http}` is what the service `gateway` said in its ready line,
 * `${run.id}` names the run. Throws TracecourtError `invalid-scenario` for a name that nothing has given.
 */
export function fillTemplate(text: string, known: ReadonlyMap<string, string>): string {
  return text.replace(REFERENCE, (whole, name: string) => {
    const value = known.get(name);
    if (value !== undefined) return value;
    throw new TracecourtError(
      'invalid-scenario',
      `\`${whole}\` stands for nothing: known are ${[...known.keys()].join(', ')}.`,
      {
        nextStep: 'Use the name of a service that is started before, and a field of its ready line.',
      },
    );
  });
}

export function fillTemplates(
  texts: Readonly<Record<string, string>>,
  known: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fillTemplate(text, known)]));
}
