import {
  type CompiledFlow,
  type FlowNode,
  type FlowOverlay,
  type OverlaidLeaf,
  STEP_STATES,
} from '../../model/index.js';
import { findingSentence } from '../finding-sentence.js';
import { noteOf } from './flow-scene.js';
import { roundsText } from './order-block.js';
import { escapeMermaid } from './text.js';

/** A flow as Mermaid's text of a flowchart, with one request laid over it if there is one. */
export function flowMermaid(flow: CompiledFlow, overlay?: FlowOverlay): string {
  const writer = new Writer(overlay);
  writer.line('flowchart LR');
  const insides = flow.steps.flatMap(({ name, inside }) => (inside ? [{ name, inside }] : []));
  writer.order(flow.order, undefined);
  for (const { name, inside } of insides) {
    writer.within(`inside ${name}`, () => writer.order(inside, name));
  }
  if (overlay) writer.remarks(overlay);
  return writer.text();
}

/** Where the way comes into a part and goes out of it. */
interface Ends {
  readonly first: string;
  readonly last: string;
}

class Writer {
  readonly #lines: string[] = [];
  readonly #overlay: FlowOverlay | undefined;
  #next = 0;
  #depth = 0;

  constructor(overlay: FlowOverlay | undefined) {
    this.#overlay = overlay;
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  line(text: string): void {
    this.#lines.push(`${'  '.repeat(this.#depth)}${text}`);
  }

  order(order: FlowNode, inside: string | undefined): void {
    const indented = this.#depth === 0;
    if (indented) this.#depth++;
    const [begin, end] = [this.#node('((" "))'), this.#node('(((" ")))')];
    const { first, last } = this.#part(order, { inside, way: [] });
    this.#arrow(begin, first);
    this.#arrow(last, end);
    if (indented) this.#depth--;
  }

  within<T>(title: string, write: () => T): T {
    const id = `g${this.#next++}`;
    this.#depth = Math.max(this.#depth, 1);
    this.line(`subgraph ${id}["${escapeMermaid(title)}"]`);
    this.#depth++;
    const result = write();
    this.#depth--;
    this.line('end');
    return result;
  }

  /** What happened outside of the order, the findings, and the looks of the states. */
  remarks({ strays, findings, reasons }: FlowOverlay): void {
    this.#depth = 1;
    for (const stray of strays)
      this.#node(`["${escapeMermaid(stray.step)}<br/>${escapeMermaid(noteOf(stray))}"]:::${stray.state}`);
    for (const [i, sentence] of [...findings.map(findingSentence), ...reasons].entries()) {
      this.line(`%% ${i + 1}: ${sentence.replace(/[^\p{L}\p{N} .,:;·()=/-]/gu, ' ')}`);
    }
    for (const state of STEP_STATES) this.line(`classDef ${state} ${LOOKS[state]}`);
  }

  #node(shape: string): string {
    const id = `n${this.#next++}`;
    this.line(`${id}${shape}`);
    return id;
  }

  #arrow(from: string, to: string, label?: string): void {
    this.line(label === undefined ? `${from} --> ${to}` : `${from} -->|"${escapeMermaid(label)}"| ${to}`);
  }

  #part(node: FlowNode, at: { readonly inside: string | undefined; readonly way: readonly number[] }): Ends {
    const part = (child: FlowNode, i: number): Ends => this.#part(child, { ...at, way: [...at.way, i] });
    switch (node.kind) {
      case 'step':
        return this.#step(node, at);
      case 'sequence':
        return this.#sequence(node.children.map((child, i) => () => part(child, i)));
      case 'parallel':
        return this.#lanes(
          node.children.map((child, i) => () => part(child, i)),
          '[["all"]]',
        );
      case 'any-order':
        return this.#lanes(
          node.children.map((child, i) => () => part(child, i)),
          '[["in turn, any order"]]',
        );
      case 'choice':
        return this.#lanes(
          node.children.map((child, i) => () => part(child, i)),
          '{"one of"}',
        );
      case 'any-of':
        return this.#lanes(
          node.children.map((child, i) => () => part(child, i)),
          '{{"one or more"}}',
        );
      case 'optional':
        return this.within('optional', () => part(node.child, 0));
      case 'flow':
        return this.within(node.name, () => part(node.child, 0));
      case 'repeat':
        return this.#repeat(node, part);
      case 'if':
        return this.#if(node, part);
      default:
        return node satisfies never;
    }
  }

  #step(
    { step, under }: FlowNode & { readonly kind: 'step' },
    { inside, way }: { readonly inside: string | undefined; readonly way: readonly number[] },
  ): Ends {
    const name = escapeMermaid(under === undefined ? step : `${step} under ${under}`);
    const leaf = this.#overlay?.leaves.find((each) => each.inside === inside && each.leaf === way.join('.'));
    const id = this.#overlay ? this.#node(shapeOf(name, leaf)) : this.#node(`["${name}"]`);
    return { first: id, last: id };
  }

  #sequence(parts: readonly (() => Ends)[]): Ends {
    const [first, ...rest] = parts;
    if (!first) return this.#nothing();
    let all = first();
    for (const part of rest) {
      const next = part();
      this.#arrow(all.last, next.first);
      all = { first: all.first, last: next.last };
    }
    return all;
  }

  #lanes(parts: readonly (() => Ends)[], shape: string, labels: readonly string[] = []): Ends {
    if (parts.length === 0) return this.#nothing();
    const [first, last] = [this.#node(shape), this.#node('((" "))')];
    for (const [i, part] of parts.entries()) {
      const lane = part();
      this.#arrow(first, lane.first, labels[i]);
      this.#arrow(lane.last, last);
    }
    return { first, last };
  }

  #repeat(node: FlowNode & { readonly kind: 'repeat' }, part: (child: FlowNode, i: number) => Ends): Ends {
    return this.within(roundsText(node), () => {
      const round = part(node.child, 0);
      if (node.between) {
        const back = part(node.between, 1);
        this.#arrow(round.last, back.first, 'again');
        this.#arrow(back.last, round.first);
      }
      return round;
    });
  }

  #if(node: FlowNode & { readonly kind: 'if' }, part: (child: FlowNode, i: number) => Ends): Ends {
    const { condition, child, otherwise } = node;
    const shape = `{"if ${escapeMermaid(condition)}"}`;
    if (otherwise) return this.#lanes([() => part(child, 0), () => part(otherwise, 1)], shape, ['so', 'not']);
    const ends = this.#lanes([() => part(child, 0)], shape, ['so']);
    this.#arrow(ends.first, ends.last, 'not');
    return ends;
  }

  #nothing(): Ends {
    const id = this.#node('((" "))');
    return { first: id, last: id };
  }
}

function shapeOf(name: string, leaf: OverlaidLeaf | undefined): string {
  if (!leaf) return `["${name}<br/>did not happen"]:::expected`;
  const marks = leaf.findings.length === 0 ? '' : ` (${leaf.findings.map((i) => i + 1).join(', ')})`;
  return `["${name}${marks}<br/>${escapeMermaid(noteOf(leaf))}"]:::${leaf.state}`;
}

const LOOKS: Readonly<Record<(typeof STEP_STATES)[number], string>> = {
  expected: 'stroke:#6b7280,fill:#ffffff,color:#1f2430',
  done: 'stroke:#15803d,fill:#ecfdf3,color:#1f2430',
  missing: 'stroke:#b45309,fill:#fff7e6,color:#1f2430,stroke-dasharray:5 4',
  violated: 'stroke:#b91c1c,fill:#fef1f1,color:#1f2430,stroke-width:3px',
  unexpected: 'stroke:#7c3aed,fill:#f5f0ff,color:#1f2430,stroke-width:3px',
};
