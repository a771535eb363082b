import type { StepMatcher } from '../model/index.js';
import { patternsMeet } from './patterns-meet.js';
import { testsMeet } from './tests-meet.js';

const EXACT = ['service', 'kind', 'client', 'topic', 'group', 'status'] as const;
const WORDS = ['operation', 'method'] as const;
const PATTERNS = ['span', 'key', 'label', 'route', 'message'] as const;

/** What only the span of a call has: the span of a step, as `wrapStep` makes it, is internal and has none of these. */
const OF_CALLS = ['client', 'operation', 'key', 'label', 'topic', 'group', 'method', 'route'] as const;

/** False where no span can fit both; true where one can, or where that cannot be told, as of two regular expressions. */
export function matchersMeet(a: StepMatcher, b: StepMatcher): boolean {
  if (!valuesMeet(a, b)) return false;
  if (isDefault(a) && isDefault(b)) return false;
  return isDefault(a) ? couldBeStep(b, a.step) : isDefault(b) ? couldBeStep(a, b.step) : true;
}

function valuesMeet(a: StepMatcher, b: StepMatcher): boolean {
  return (
    EXACT.every((part) => areEqual(a[part], b[part])) &&
    WORDS.every((part) => areEqual(a[part]?.toLowerCase(), b[part]?.toLowerCase())) &&
    PATTERNS.every((part) => inBoth(a[part], b[part], patternsMeet)) &&
    kindsMeet(a, b) &&
    kindsMeet(b, a) &&
    mapsMeet(a.attributes, b.attributes, testsMeet) &&
    mapsMeet(a.json, b.json, (one, other) => mapsMeet(one, other, testsMeet))
  );
}

/** Calls over HTTP and gRPC are known by being the client's. */
function kindsMeet({ client }: StepMatcher, { kind }: StepMatcher): boolean {
  return (client !== 'http' && client !== 'grpc') || areEqual<string>('client', kind);
}

/** Such a matcher asks for the step attribute, which names one step only. */
function isDefault(matcher: StepMatcher): boolean {
  return Object.keys(matcher).every((key) => ['step', 'service', 'nested', 'tries'].includes(key));
}

function couldBeStep(matcher: StepMatcher, step: string): boolean {
  const { kind, span } = matcher;
  if (OF_CALLS.some((part) => matcher[part] !== undefined)) return false;
  return areEqual<string>(kind, 'internal') && inBoth(span, step, patternsMeet);
}

function areEqual<T>(a: T | undefined, b: T | undefined): boolean {
  return inBoth(a, b, (one, other) => one === other);
}

/** What only one of them asks for keeps nobody apart. */
function inBoth<T>(a: T | undefined, b: T | undefined, meet: (a: T, b: T) => boolean): boolean {
  return a === undefined || b === undefined || meet(a, b);
}

function mapsMeet<T>(
  a: Readonly<Record<string, T>> = {},
  b: Readonly<Record<string, T>> = {},
  meet: (a: T, b: T) => boolean,
): boolean {
  return Object.entries(a).every(([name, one]) => !Object.hasOwn(b, name) || inBoth(one, b[name], meet));
}
