/** One happening of a step, as a request shows it. */
export interface SeenStep {
  readonly step: string;
  readonly failed: boolean;
  readonly durationMs: number;
}

/** What is certain of one request: what happened, by start, and what of it came before what. Happenings go by their index in `steps`. */
export interface SeenRequest {
  readonly requestId: string;
  readonly totalMs: number;
  readonly steps: readonly SeenStep[];
  /** By happening: those that certainly come before it, as a cause or by having ended. */
  readonly before: readonly ReadonlySet<number>[];
  /** By happening: those that caused it, at any depth. */
  readonly causes: readonly ReadonlySet<number>[];
}

/** Some of the happenings of one request. */
export interface Part {
  readonly request: SeenRequest;
  readonly members: readonly number[];
}

/** The same part of many requests: what one piece of the order is learnt from. */
export type Log = readonly Part[];

export function wholeLog(requests: readonly SeenRequest[]): Log {
  return requests.map((request) => ({ request, members: request.steps.map((_, i) => i) }));
}

export function labelOf({ request }: Part, member: number): string {
  return request.steps[member]?.step ?? '';
}

export function isBefore({ request }: Part, first: number, second: number): boolean {
  return request.before[second]?.has(first) === true;
}

/** Each part with those of its happenings that are of these steps; parts that have none stay, empty. */
export function restrict(log: Log, labels: ReadonlySet<string>): Log {
  return log.map((part) => ({ ...part, members: part.members.filter((member) => labels.has(labelOf(part, member))) }));
}

export function withoutEmpty(log: Log): Log {
  return log.filter(({ members }) => members.length > 0);
}

/** How often a step happens in each part. */
export function countsOf(log: Log, label: string): readonly number[] {
  return log.map((part) => part.members.filter((member) => labelOf(part, member) === label).length);
}

/** The steps of a log as they come: by where they stand in their requests on average, then by name. Depends on no order of the parts. */
export function labelsOf(log: Log): readonly string[] {
  const places = new Map<string, { sum: number; count: number }>();
  for (const part of log) {
    for (const member of part.members) {
      const label = labelOf(part, member);
      const place = places.get(label) ?? { sum: 0, count: 0 };
      place.sum += member;
      place.count++;
      places.set(label, place);
    }
  }
  const mean = (label: string): number => {
    const { sum, count } = places.get(label) ?? { sum: 0, count: 1 };
    return sum / count;
  };
  return [...places.keys()].sort((a, b) => mean(a) - mean(b) || (a < b ? -1 : 1));
}
