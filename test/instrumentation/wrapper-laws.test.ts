import { context } from '@opentelemetry/api';
import { expect } from 'chai';
import { listenToStandardError } from '../helpers/standard-error.js';
import { brokenLaws } from './laws/call-laws.js';
import { grpcSubject } from './laws/grpc-subject.js';
import { fetchSubject, httpSubject } from './laws/http-subject.js';
import { kafkaSubject } from './laws/kafka-subject.js';
import { expectAllEnded, type Lab, openLab, unhandledAfter, wrapped } from './laws/lab.js';
import { neo4jSubject } from './laws/neo4j-subject.js';
import { redisClusterSubject, redisSubject } from './laws/redis-subject.js';
import { rulesOf, type Subject, watchFunctions } from './laws/subject.js';
import type { Mode } from './laws/tracing-modes.js';
import { CallWatch } from './laws/watched-calls.js';
import { wrapStepSubject } from './laws/wrap-step-subject.js';

const SUBJECTS = [
  wrapStepSubject,
  neo4jSubject,
  redisSubject,
  redisClusterSubject,
  kafkaSubject,
  grpcSubject,
  httpSubject,
  fetchSubject,
];

interface Law {
  readonly says: string;
  readonly holds: (lab: Lab) => Promise<void>;
  /** For every subject unless given. */
  readonly isFor?: (subject: Subject) => boolean;
}

const isOurs = (subject: Subject) => subject.isOurs;
const wraps = (subject: Subject) => !subject.wrapsNothing;

const LAWS: readonly Law[] = [
  { says: 'nothing changes that a caller can see, and every span ends', holds: changesNothing },
  { says: 'every call of every function keeps the laws of calls', holds: keepsCallLaws, isFor: wraps },
  { says: 'wrapping twice is harmless', holds: mayBePutOnTwice, isFor: isOurs },
  { says: 'unwrapping restores the very functions', holds: restores, isFor: wraps },
  { says: 'a rejection that nobody handles stays unhandled, once', holds: leavesUnhandled },
  { says: 'what fails behind the ledger is told once and ignored', holds: survives('broken inside') },
  { says: 'a tracer that fails is told once and ignored', holds: survives('broken tracer'), isFor: isOurs },
  { says: 'spans that fail are told once and ignored', holds: survives('broken spans'), isFor: isOurs },
];

for (const subject of SUBJECTS) {
  describe(`the laws of wrappers, for ${subject.name}`, () => {
    let lab: Lab;

    before(async function () {
      lab = await openLab(subject, this);
    });
    after(() => lab?.[Symbol.asyncDispose]());

    for (const { says, holds, isFor = () => true } of LAWS) {
      if (isFor(subject)) it(says, () => holds(lab));
    }
  });
}

function changesNothing(lab: Lab): Promise<void> {
  return wrapped(lab, async (tracing) => {
    await lab.makeCalls(tracing);
    expect(tracing.spans.names.length, 'spans, the parent among them').to.be.greaterThan(1);
    await expectAllEnded(tracing);
  });
}

/** Each function is watched from both sides of its wrapper, while real calls are made through it. */
async function keepsCallLaws(lab: Lab): Promise<void> {
  const owners = lab.subject.wrapped();
  const rules = rulesOf(owners.flatMap(({ functions }) => functions));
  const watch = new CallWatch();
  const below = owners.map((owner) => watchFunctions(owner, { watch, side: 'below' }));
  try {
    await wrapped(lab, async (tracing) => {
      watch.spans = tracing.spans;
      const above = owners.map((owner) => watchFunctions(owner, { watch, side: 'above' }));
      await lab.makeCalls(tracing).finally(() => {
        for (const undo of above) undo();
      });
      await expectAllEnded(tracing);
    });
  } finally {
    for (const undo of below) undo();
  }
  expect(new Set(watch.calls.map(({ label }) => label)), 'functions that were called').to.have.all.keys(
    ...rules.keys(),
  );
  const broken = watch.calls.flatMap((call) => brokenLaws(call, rules.get(call.label) ?? {}));
  expect([...new Set(broken)]).to.deep.equal([]);
}

async function mayBePutOnTwice(lab: Lab): Promise<void> {
  const namesWith = (times: number) =>
    wrapped({ ...lab, times }, async (tracing) => {
      await lab.makeCalls(tracing);
      await expectAllEnded(tracing);
      return [...tracing.spans.names].sort();
    });
  expect(await namesWith(2)).to.deep.equal(await namesWith(1));
}

async function restores({ subject }: Lab): Promise<void> {
  const functions = () =>
    subject
      .wrapped()
      .flatMap(({ owner, functions: all }) =>
        all.map(({ method }) => Object.getOwnPropertyDescriptor(owner, method)?.value),
      );
  const before = functions();
  const howMany = () => functions().filter((fn, i) => fn === before[i]).length;
  const instrumentation = subject.instrument();
  expect(howMany(), 'put on').to.equal(0);
  instrumentation.disable();
  expect(howMany(), 'taken off').to.equal(before.length);
  instrumentation.enable();
  expect(howMany(), 'put on again').to.equal(0);
  instrumentation.disable();
  expect(howMany(), 'taken off again').to.equal(before.length);
}

async function leavesUnhandled(lab: Lab): Promise<void> {
  const failing = Object.entries(lab.failingCalls());
  expect(failing).to.not.have.length(0);
  for (const [name, call] of failing) {
    const expected = await unhandledAfter(call);
    const unhandled = await wrapped(lab, ({ parent }) => context.with(parent, () => unhandledAfter(call)));
    expect([name, unhandled]).to.deep.equal([name, expected]);
  }
}

function survives(mode: Mode): (lab: Lab) => Promise<void> {
  return async (lab) => {
    using told = listenToStandardError();
    await wrapped({ ...lab, mode }, (tracing) => lab.makeCalls(tracing));
    const lines = told.lines();
    for (const line of lines) expect(line).to.match(/^tracecourt: .* could not be recorded .*; the work goes on$/);
    expect(new Set(lines).size, 'different lines').to.equal(lines.length);
  };
}
