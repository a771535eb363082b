import {
  type CompiledFlow,
  type FlowNode,
  type FlowOverlay,
  leavesUnder,
  type OverlaidLeaf,
} from '../../model/index.js';
import { findingSentence } from '../finding-sentence.js';
import { count, duration } from '../words.js';
import { NAME_FONT, stepBlock, TEXT_FONT } from './block.js';
import { orderBlock, type ShownLeaf } from './order-block.js';
import { type Area, type Drawing, emptyDrawing, type Scene } from './scene.js';
import { cutLabel, textWidth, wrapText } from './text.js';

/** A whole picture: the flow's orders, and what is said of the request that is laid over. */
export interface FlowScene extends Scene {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly titles: readonly Heading[];
  readonly findings: readonly FindingText[];
}

export interface Heading {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly size: 'large' | 'small';
}

/** One finding's sentence in lines, under the picture; its number is in the boxes that it is about. */
export interface FindingText extends Area {
  readonly number: number;
  readonly lines: readonly string[];
}

const MARGIN = 24;
const LINE = 20;
const DOT = 14;
const LEAD = 26;

/** Lays a flow out, with one request over it if there is one. */
export function flowScene(flow: CompiledFlow, overlay?: FlowOverlay): FlowScene {
  const drawing = emptyDrawing();
  const titles: Heading[] = [];
  const title = overlay ? `${flow.name} · request ${overlay.requestId}: ${overlay.outcome}` : flow.name;
  let y = MARGIN + 18;
  let width = MARGIN + textWidth(cutLabel(title, 100), { size: 17, em: TEXT_FONT.em });
  titles.push({ x: MARGIN, y, text: cutLabel(title, 100), size: 'large' });
  y += 22;
  for (const { inside, order } of ordersOf(flow)) {
    if (inside !== undefined) {
      const text = `inside ${cutLabel(inside, 60)}`;
      titles.push({ x: MARGIN, y: y + 14, text, size: 'small' });
      width = Math.max(width, MARGIN + textWidth(text, NAME_FONT));
      y += 30;
    }
    const drawn = drawOrder(drawing, {
      order,
      y,
      showing: { noted: overlay !== undefined, leafAt: leavesOf(overlay, inside) },
    });
    width = Math.max(width, drawn.width);
    y += drawn.height + 28;
  }
  if (overlay && overlay.strays.length > 0) {
    titles.push({ x: MARGIN, y: y + 14, text: 'outside of the order', size: 'small' });
    width = Math.max(width, drawStrays(drawing, overlay.strays, y + 28));
    y += 28 + 48 + 28;
  }
  const textual = Math.max(480, Math.min(width, 1_000));
  const findings = overlay ? findingTexts(overlay, { y, width: textual }) : [];
  const last = findings.at(-1);
  return {
    ...drawing,
    title,
    titles,
    findings,
    width: Math.ceil(Math.max(width, findings.length > 0 ? textual + MARGIN : 0) + MARGIN),
    height: Math.ceil(Math.max(y, last ? last.y + last.height : 0) + (last ? MARGIN : 0)),
  };
}

function ordersOf({
  order,
  steps,
}: CompiledFlow): readonly { readonly inside: string | undefined; readonly order: FlowNode }[] {
  const insides = steps.flatMap(({ name, inside }) => (inside ? [{ inside: name, order: inside }] : []));
  return [{ inside: undefined, order }, ...insides];
}

/** An order between its begin and its end. Returns how far it reaches. */
function drawOrder(
  drawing: Drawing,
  {
    order,
    y,
    showing,
  }: { readonly order: FlowNode; readonly y: number; readonly showing: Parameters<typeof orderBlock>[1] },
): { readonly width: number; readonly height: number } {
  const block = orderBlock(order, showing);
  const left = MARGIN + DOT + LEAD;
  const [at, end] = [y + block.port, left + block.width + LEAD];
  const top = at - DOT / 2;
  drawing.marks.push(
    { kind: 'start', x: MARGIN, y: top, width: DOT, height: DOT },
    { kind: 'end', x: end, y: top, width: DOT, height: DOT },
  );
  drawing.lines.push(
    {
      points: [
        [MARGIN + DOT, at],
        [left, at],
      ],
      arrow: block.arrowIn,
    },
    {
      points: [
        [left + block.width, at],
        [end, at],
      ],
      arrow: true,
    },
  );
  block.draw(drawing, left, y);
  return { width: end + DOT, height: block.height };
}

function drawStrays(drawing: Drawing, strays: readonly OverlaidLeaf[], y: number): number {
  let x = MARGIN;
  for (const stray of strays) {
    const block = stepBlock({ step: stray.step, label: cutLabel(stray.step, 34), ...shown(stray) }, true);
    block.draw(drawing, x, y);
    x += block.width + 16;
  }
  return x;
}

const NOT_HERE: ShownLeaf = { state: 'expected', note: 'did not happen', findings: [] };

function leavesOf(overlay: FlowOverlay | undefined, inside: string | undefined): (way: string) => ShownLeaf {
  if (!overlay) return () => ({ state: 'expected', note: undefined, findings: [] });
  const own = overlay.leaves.filter((leaf) => leaf.inside === inside);
  const byWay = new Map(own.map((leaf) => [leaf.leaf, shown(leaf)] as const));
  return (way) => byWay.get(way) ?? NOT_HERE;
}

function shown(leaf: OverlaidLeaf): ShownLeaf {
  return { state: leaf.state, note: noteOf(leaf), findings: leaf.findings.map((i) => i + 1) };
}

/** How a step stands, in a few words: colour alone says nothing. */
export function noteOf({ state, times, startMs, durationMs }: OverlaidLeaf): string {
  if (state === 'expected') return 'did not happen';
  if (times === 0 || startMs === undefined || durationMs === undefined) return state;
  return `${state}${times > 1 ? ` ${times}×` : ''} · at ${duration(startMs)} · ${duration(durationMs)}`;
}

function findingTexts(
  { findings, reasons }: FlowOverlay,
  { y, width }: { readonly y: number; readonly width: number },
): readonly FindingText[] {
  let top = y;
  const sentences = [...findings.map((finding) => `${finding.code}: ${findingSentence(finding)}`), ...reasons];
  return sentences.map((sentence, i) => {
    const lines = wrapText(cutLabel(sentence, 1_000), width - 40, TEXT_FONT);
    const text = { number: i + 1, lines, x: MARGIN, y: top, width, height: lines.length * LINE };
    top += text.height + 10;
    return text;
  });
}

/** The picture in words, for whoever cannot see it. */
export function describeFlow(flow: CompiledFlow, overlay?: FlowOverlay): string {
  const steps = leavesUnder(flow.order).map(({ step }) => step);
  const names = `${count(new Set(steps).size, 'step')}: ${[...new Set(steps)].join(', ')}.`;
  if (!overlay) return `The expected order of ${names}`;
  const told = (state: string): string => {
    const own = [...new Set(overlay.leaves.filter((leaf) => leaf.state === state).map(({ step }) => step))];
    return own.length === 0 ? '' : ` ${state}: ${own.join(', ')}.`;
  };
  const states = ['done', 'missing', 'violated', 'unexpected'].map(told).join('');
  const sentences = [...overlay.findings.map(findingSentence), ...overlay.reasons].join(' ');
  return `Request ${overlay.requestId} against ${names}${states} ${sentences}`.trim();
}
