import { expect } from 'chai';
import { createAssembler } from '../../collectors/index.js';
import type { CompiledFlow, Span, Verdict } from '../../src/model/index.js';
import { assemblerOptions } from '../../src/orchestrator/assembler-options.js';
import { judgeCase, openCase } from '../../src/orchestrator/judge-evidence.js';
import { NOTHING_EARLIER } from '../../src/orchestrator/left-over.js';
import { flowOf, rep, seq } from '../helpers/evidence.js';
import { at, batchOfSpans, type Header, type SpanSpec, ToyProcess, type ToySpan, traceIdOf } from '../helpers/spans.js';

const TIMES = { rootQuietMs: 500, idleMs: 5_000, deadlineMs: 60_000 };
const ORDERED = flowOf(seq('order', 'pack', 'ship'));

/** What each request comes to when no more spans come: its outcome, then its findings and reasons. */
function wordsOn(flow: CompiledFlow, spans: readonly Span[]): Readonly<Record<string, string>> {
  const assembler = createAssembler(assemblerOptions([flow], TIMES));
  assembler.add(batchOfSpans(spans), at(0));
  const completed = [...assembler.takeDue(at(0)), ...assembler.takeDue(at(120_000))];
  const facts = { observations: [], answer: undefined, earlier: NOTHING_EARLIER };
  return Object.fromEntries(
    completed.map((request) => [request.requestId, wordsOf(judgeCase(openCase(flow, request, new Map()), facts))]),
  );
}

function wordsOf({ outcome, findings, reasons, consequences }: Verdict): string {
  const found = findings.map(({ code, step, service }) => `${code}(${step ?? service})`);
  const because = outcome === 'pass' || findings.length > 0 ? [] : reasons.map(({ code }) => code);
  const hidden = consequences.map(({ finding }) => `[${finding.code}]`);
  return [outcome, ...found, ...hidden, ...because].join(' ');
}

const linkTo = ({ traceId, spanId }: ToySpan) => ({ traceId, spanId });
const step = (name: string, rest: SpanSpec & { readonly under?: ToySpan } = {}) => ({
  ...rest,
  attributes: { ...rest.attributes, 'tracecourt.step': name },
});

interface Sent {
  readonly header: Header;
  readonly spans: readonly Span[];
}

/** A request that hands one message to whoever packs. */
function order(requestId: string): Sent {
  const shop = new ToyProcess('shop', { requestId, traceId: traceIdOf(requestId) });
  const header = shop.send(shop.start('order', step('order')));
  return { header, spans: shop.endPeriod() };
}

describe('a request of several traces', () => {
  describe('in a batch, with one span for each message', () => {
    const sent = ['r-1', 'r-2', 'r-3'].map(order);
    const batch = (failing?: number, reversed = false) => {
      const packer = new ToyProcess('packer', { traceId: traceIdOf('batch') });
      const poll = packer.start('poll', { kind: 'client', startMs: 5, durationMs: 90 });
      sent.forEach(({ header }, i) => {
        const error = i === failing ? { error: 'no room' } : {};
        const process = packer.start('process', {
          kind: 'consumer',
          links: [header],
          under: poll,
          startMs: 10 + i,
          durationMs: 40,
        });
        const names = reversed && i === failing ? ['ship', 'pack'] : ['pack', 'ship'];
        names.forEach((name, place) => {
          const failed = name === 'pack' && !reversed ? error : {};
          packer.start(name, step(name, { under: process, startMs: 20 + i + 10 * place, ...failed }));
        });
      });
      return packer.endPeriod();
    };
    const all = sent.flatMap(({ spans }) => spans);

    it('is judged by the work on its own message', () => {
      expect(wordsOn(ORDERED, [...all, ...batch()])).to.deep.equal({ 'r-1': 'pass', 'r-2': 'pass', 'r-3': 'pass' });
    });

    it('fails by the work on its own message, and the others pass', () => {
      expect(wordsOn(ORDERED, [...all, ...batch(1)])).to.deep.equal({
        'r-1': 'pass',
        'r-2': 'fail step-failed(pack)',
        'r-3': 'pass',
      });
      expect(wordsOn(ORDERED, [...batch(2, true), ...all])).to.deep.equal({
        'r-1': 'pass',
        'r-2': 'pass',
        'r-3': 'fail wrong-order(ship)',
      });
    });

    it('forbids what the flow does not know in its own work alone', () => {
      const strict = flowOf(seq('order', 'pack', 'ship'), { unexpected: 'forbid' });
      const packer = new ToyProcess('packer', { traceId: traceIdOf('batch') });
      sent.forEach(({ header }, i) => {
        const process = packer.start('process', { kind: 'consumer', links: [header], startMs: 10 });
        packer.start('pack', step('pack', { under: process, startMs: 20 }));
        packer.start('ship', step('ship', { under: process, startMs: 30 }));
        if (i === 0) packer.start('gift', step('gift', { under: process, startMs: 40 }));
      });
      expect(wordsOn(strict, [...all, ...packer.endPeriod()])).to.deep.equal({
        'r-1': 'fail unexpected-step(gift)',
        'r-2': 'pass',
        'r-3': 'pass',
      });
    });
  });

  describe('in a batch, with one span for all messages', () => {
    const sent = ['r-1', 'r-2', 'r-3'].map(order);
    const batch = (error?: string) => {
      const packer = new ToyProcess('packer', { traceId: traceIdOf('batch') });
      const links = sent.map(({ header }) => header);
      const work = packer.consume(links, 'process', { startMs: 10, durationMs: 40 });
      packer.start('pack', step('pack', { under: work, startMs: 20, ...(error ? { error } : {}) }));
      packer.start('ship', step('ship', { under: work, startMs: 30 }));
      return packer.endPeriod();
    };
    const all = sent.flatMap(({ spans }) => spans);

    it('has it as its own, and so has each of the others', () => {
      expect(wordsOn(ORDERED, [...batch(), ...all])).to.deep.equal({ 'r-1': 'pass', 'r-2': 'pass', 'r-3': 'pass' });
    });

    it('fails with it, and so does each of the others', () => {
      const words = Object.values(wordsOn(ORDERED, [...all, ...batch('no room')]));
      expect(words).to.deep.equal(['fail step-failed(pack)', 'fail step-failed(pack)', 'fail step-failed(pack)']);
    });
  });

  describe('that goes on in a new trace, linked to the one before', () => {
    const runs = (names: readonly string[], isLabelled = true) => {
      let before: ToySpan | undefined;
      return names.flatMap((name, i) => {
        const label = isLabelled || i === 0 ? { requestId: 'r-1' } : {};
        const worker = new ToyProcess('worker', { ...label, traceId: traceIdOf(`run ${i}`) });
        before = worker.start(name, step(name, { startMs: 10 * i, ...(before ? { links: [linkTo(before)] } : {}) }));
        return worker.endPeriod();
      });
    };

    it('is one request, whether or not the new trace carries its id', () => {
      expect(wordsOn(ORDERED, runs(['order', 'pack', 'ship']))).to.deep.equal({ 'r-1': 'pass' });
      expect(wordsOn(ORDERED, runs(['order', 'pack', 'ship'], false))).to.deep.equal({ 'r-1': 'pass' });
    });

    it('is held to its flow over all of them', () => {
      expect(wordsOn(ORDERED, runs(['order', 'pack']))).to.deep.equal({ 'r-1': 'fail missing-step(ship)' });
      expect(wordsOn(ORDERED, runs(['pack', 'order', 'ship']))).to.deep.equal({ 'r-1': 'fail wrong-order(pack)' });
    });
  });

  describe('that is tried again in a new trace', () => {
    const flow = flowOf(seq('order', 'pack'), {
      steps: ['order', 'pack'].map((name) => ({
        name,
        matcher: name === 'pack' ? { step: name, tries: 'retried' as const } : { step: name },
        mayFail: false,
        ...(name === 'pack' ? { attempts: { min: 1, max: 3 } } : {}),
      })),
    });
    const tries = (errors: readonly (string | undefined)[], isLinked = true) => {
      const { header, spans } = order('r-1');
      const packer = new ToyProcess('packer', { requestId: 'r-1' });
      let before = packer.consume([header], 'process', { startMs: 10, durationMs: 90 });
      errors.forEach((error, i) => {
        const links = isLinked ? { links: [linkTo(before)] } : {};
        const failed = error ? { error } : {};
        const traceId = traceIdOf(`try ${i}`);
        before = packer.start(`try ${i}`, step('pack', { traceId, ...links, ...failed, startMs: 20 * (i + 1) }));
      });
      return [...spans, ...packer.endPeriod()];
    };

    it('has one occurrence of several tries, which ends as the last did', () => {
      expect(wordsOn(flow, tries(['busy', 'busy', undefined]))).to.deep.equal({ 'r-1': 'pass' });
      expect(wordsOn(flow, tries(['busy', 'no room']))).to.deep.equal({ 'r-1': 'fail step-failed(pack)' });
    });

    it('has lost its context where nothing ties the next try to the one before', () => {
      const flow = flowOf(seq('order', rep('pack', 1, 3)), {
        steps: ['order', 'pack'].map((name) => ({ name, matcher: { step: name }, mayFail: true })),
      });
      expect(wordsOn(flow, tries(['busy', undefined]))).to.deep.equal({ 'r-1': 'pass' });
      expect(wordsOn(flow, tries([undefined], false))).to.deep.equal({ 'r-1': 'fail context-lost(packer)' });
    });
  });

  describe('whose context is lost', () => {
    const broken = (tie: Readonly<Record<string, string>>) => {
      const shop = new ToyProcess('shop', { requestId: 'r-1', traceId: traceIdOf('r-1') });
      shop.send(shop.start('order', step('order', { attributes: { 'order.id': 'o-1' } })));
      const packer = new ToyProcess('packer', { traceId: traceIdOf('lost') });
      const work = packer.start('process', { kind: 'consumer', startMs: 10, durationMs: 40, attributes: tie });
      packer.start('pack', step('pack', { under: work, startMs: 20 }));
      packer.start('ship', step('ship', { under: work, startMs: 30 }));
      return [...shop.endPeriod(), ...packer.endPeriod()];
    };
    const correlated = flowOf(seq('order', 'pack', 'ship'), { correlation: ['order.id'] });

    it('is told just that, and not that its steps are missing', () => {
      const words = wordsOn(correlated, broken({ 'order.id': 'o-1' }));
      expect(words).to.deep.equal({ 'r-1': 'fail context-lost(packer)' });
    });

    it('is told that nobody heard of what it handed on, where nothing else ties the parts', () => {
      const words = wordsOn(correlated, broken({}));
      expect(words['r-1']).to.equal('unknown telemetry-lost');
    });
  });
});
