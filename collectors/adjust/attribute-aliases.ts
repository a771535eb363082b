import { SEQUENCE_END, SEQUENCE_SENT, SEQUENCE_START, STEP } from '@tracecourt/instrumentation/wire-names';
import {
  ANY_INITIAL,
  type Attributes,
  type AttributeValue,
  initialOf,
  type LedgerValues,
  type Span,
} from '../../src/model/index.js';

/**
 * Names that semantic conventions 1.45 use, and the ones that older instrumentations write for the same thing. This is the
 * only place that knows old names.
 */
const OLD_NAMES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    'db.system.name': ['db.system'],
    'db.operation.name': ['db.operation'],
    'db.query.text': ['db.statement'],
    'db.namespace': ['db.name'],
    'http.request.method': ['http.method'],
    'http.response.status_code': ['http.status_code'],
    'url.full': ['http.url'],
    'server.address': ['net.peer.name', 'net.host.name'],
    'server.port': ['net.peer.port', 'net.host.port'],
    'messaging.destination.name': ['messaging.destination'],
    'messaging.operation.type': ['messaging.operation'],
    'messaging.consumer.group.name': [
      'messaging.consumer_group',
      'messaging.kafka.consumer.group',
      'messaging.kafka.consumer_group',
    ],
    'messaging.destination.partition.id': ['messaging.kafka.destination.partition', 'messaging.kafka.partition'],
    'messaging.kafka.offset': ['messaging.kafka.message.offset'],
    'rpc.system.name': ['rpc.system'],
    'rpc.status_code': ['rpc.response.status_code', 'rpc.grpc.status_code'],
  }),
);

const IS_OLD: ReadonlySet<string> = new Set([...OLD_NAMES.values()].flat());

/** Bits of an old name's first letter beside that of its current name, where they differ. */
const RENAMED_INITIALS = [...OLD_NAMES].flatMap(([name, olds]) =>
  olds.map((old) => [initialOf(old), initialOf(name)] as const).filter(([old, current]) => old !== current),
);

function withRenamed(initials: number): number {
  let all = initials;
  for (const [old, current] of RENAMED_INITIALS) if ((initials & old) !== 0) all |= current;
  return all;
}

/**
 * Reads an attribute by its current name, whatever name the sender used. What the ledger says is read at once: everybody asks for it, and later its bytes are far away.
 */
class CurrentAttributes implements Attributes, LedgerValues {
  readonly step: AttributeValue | undefined;
  readonly sequenceStart: AttributeValue | undefined;
  readonly sequenceEnd: AttributeValue | undefined;
  readonly sequenceSent: AttributeValue | undefined;
  readonly initials: number;
  readonly #sent: Attributes;

  constructor(sent: Attributes) {
    this.#sent = sent;
    this.initials = withRenamed(sent.initials ?? ANY_INITIAL);
    this.step = sent.get(STEP);
    this.sequenceStart = sent.get(SEQUENCE_START);
    this.sequenceEnd = sent.get(SEQUENCE_END);
    this.sequenceSent = sent.get(SEQUENCE_SENT);
  }

  get(key: string): AttributeValue | undefined {
    if ((this.initials & initialOf(key)) === 0) return undefined;
    const value = this.#sent.get(key);
    if (value !== undefined) return value;
    const older = OLD_NAMES.get(key);
    if (!older) return undefined;
    for (const old of older) {
      const oldValue = this.#sent.get(old);
      if (oldValue !== undefined) return oldValue;
    }
    return undefined;
  }

  entries(): Iterable<readonly [string, AttributeValue]> {
    return this.#sent.entries();
  }

  /** What was sent, then what of it has a newer name that was not sent too. */
  byAnyName(): Iterable<readonly [string, AttributeValue]> {
    const sent = [...this.#sent.entries()];
    // Whoever sends current names alone has nothing to be renamed: none of them need be looked for in each of its spans.
    if (!sent.some(([name]) => IS_OLD.has(name))) return sent;
    const names = new Set(sent.map(([name]) => name));
    const renamed = [...OLD_NAMES.keys()].flatMap((name) => {
      const value = names.has(name) ? undefined : this.get(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    return [...sent, ...renamed];
  }
}

/** True of a span that went through {@link withCurrentNames}. */
export function hasCurrentNames({ attributes }: Span): boolean {
  return attributes instanceof CurrentAttributes;
}

/** What the ledger says of such a span; undefined for any other. */
export function ledgerOf({ attributes }: Span): LedgerValues | undefined {
  return attributes instanceof CurrentAttributes ? attributes : undefined;
}

/**
 * The same span, whose attributes also answer to their current names. `entries` stays what was sent: a reader who lists
 * attributes sees the sender's own words.
 */
export function withCurrentNames(span: Span): Span {
  if (hasCurrentNames(span)) return span;
  return { ...span, attributes: new CurrentAttributes(span.attributes) };
}
