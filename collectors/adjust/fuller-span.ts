import { ACCOUNT } from '@tracecourt/instrumentation/wire-names';
import { toJson } from '../../src/lib/json.js';
import type { Span } from '../../src/model/index.js';
import { plainSpan } from '../plain-span.js';
import { compare } from './order-spans.js';

/**
 * True when `span` says more than `other`, a form of the same span: it carries an account, or else has more attributes. Where
 * that decides nothing, some order of all they say does, so that of several forms the same one counts in whatever order they
 * come. False when they say the same.
 */
export function isFuller(span: Span, other: Span): boolean {
  const differences = [
    compare(Number(hasAccount(span)), Number(hasAccount(other))),
    compare(countAttributes(span), countAttributes(other)),
  ];
  const decisive = differences.find((difference) => difference !== 0);
  return (decisive ?? compare(toJson(plainSpan(other)), toJson(plainSpan(span)))) > 0;
}

function hasAccount({ attributes }: Span): boolean {
  return attributes.get(ACCOUNT) !== undefined;
}

function countAttributes({ attributes }: Span): number {
  return [...attributes.entries()].length;
}
