import { type CompiledFlow, type FlowOverlay, STEP_STATES } from '../../model/index.js';
import { describeFlow, type FindingText, type FlowScene, flowScene, type Heading } from './flow-scene.js';
import type { Frame, Label, Line, Mark, StepBox } from './scene.js';
import { escapeXml } from './text.js';

/**
 * A flow as an SVG that stands alone, with one request laid over it if there is one: no script, no font and no link from elsewhere; light and dark as the reader prefers. All text is
 * escaped.
 */
export function flowSvg(flow: CompiledFlow, overlay?: FlowOverlay): string {
  const scene = flowScene(flow, overlay);
  const { width, height, title } = scene;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="flow-title flow-desc" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title id="flow-title">${escapeXml(title)}</title>`,
    `<desc id="flow-desc">${escapeXml(describeFlow(flow, overlay))}</desc>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="flow-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="head" d="M0 0.5 8 4 0 7.5z"/></marker></defs>',
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...elements(scene),
    '</svg>',
    '',
  ].join('\n');
}

function elements(scene: FlowScene): readonly string[] {
  return [
    ...scene.frames.map(frame),
    ...scene.lines.map(line),
    ...scene.marks.map(mark),
    ...scene.labels.map(label),
    ...scene.boxes.map(box),
    ...scene.titles.map(heading),
    ...scene.findings.map(finding),
  ];
}

function frame({ x, y, width, height, label: text, dashed }: Frame): string {
  return `<rect class="frame${dashed ? ' dashed' : ''}" x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" rx="8"/><text class="label" x="${at(x + 10)}" y="${at(y + 15)}">${escapeXml(text)}</text>`;
}

function line({ points, arrow }: Line): string {
  const path = points.map(([x, y]) => `${at(x)},${at(y)}`).join(' ');
  return `<polyline class="way" points="${path}"${arrow ? ' marker-end="url(#flow-arrow)"' : ''}/>`;
}

function mark({ kind, x, y, width, height }: Mark): string {
  const [cx, cy] = [x + width / 2, y + height / 2];
  switch (kind) {
    case 'diamond':
      return `<path class="mark" d="M${at(cx)} ${at(y)} ${at(x + width)} ${at(cy)} ${at(cx)} ${at(y + height)} ${at(x)} ${at(cy)}z"/>`;
    case 'bar':
      return `<rect class="bar" x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" rx="2"/>`;
    case 'circle':
    case 'end':
      return `<circle class="mark" cx="${at(cx)}" cy="${at(cy)}" r="${at(width / 2)}"/>`;
    case 'start':
      return `<circle class="bar" cx="${at(cx)}" cy="${at(cy)}" r="${at(width / 2)}"/>`;
    default:
      return kind satisfies never;
  }
}

function label({ x, y, text, anchor }: Label): string {
  return `<text class="label ${anchor}" x="${at(x)}" y="${at(y)}">${escapeXml(text)}</text>`;
}

function box({ x, y, width, height, step, label: name, note, state, findings }: StepBox): string {
  const told = [step, ...(note === undefined ? [] : [note]), ...findings.map((n) => `finding ${n}`)].join(', ');
  const middle = note === undefined ? y + height / 2 + 5 : y + 20;
  return [
    `<g class="step ${state}"><title>${escapeXml(told)}</title>`,
    `<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" rx="6"/>`,
    `<text class="name" x="${at(x + 12)}" y="${at(middle)}">${escapeXml(name)}</text>`,
    ...(note === undefined ? [] : [`<text class="note" x="${at(x + 12)}" y="${at(y + 37)}">${escapeXml(note)}</text>`]),
    ...(findings.length === 0
      ? []
      : [badge(x + width - 16, y + 15, findings.length > 1 ? `${findings[0]}+` : `${findings[0]}`)]),
    '</g>',
  ].join('');
}

function badge(x: number, y: number, text: string): string {
  return `<circle class="badge" cx="${at(x)}" cy="${at(y)}" r="10"/><text class="number" x="${at(x)}" y="${at(y + 4)}">${escapeXml(text)}</text>`;
}

function heading({ x, y, text, size }: Heading): string {
  return `<text class="${size}" x="${at(x)}" y="${at(y)}">${escapeXml(text)}</text>`;
}

function finding({ x, y, number, lines }: FindingText): string {
  const spans = lines.map(
    (each, i) => `<tspan x="${at(x + 32)}" y="${at(y + 15 + i * 20)}">${escapeXml(each)}</tspan>`,
  );
  return `<g>${badge(x + 10, y + 10, String(number))}<text class="sentence">${spans.join('')}</text></g>`;
}

/** To a tenth of a pixel. */
function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Border and ground of a box in each state, light and dark. */
const COLOURS: Readonly<
  Record<(typeof STEP_STATES)[number], readonly [light: string, lightGround: string, dark: string, darkGround: string]>
> = {
  expected: ['#6b7280', '#ffffff', '#9ca3af', '#1b1f26'],
  done: ['#15803d', '#ecfdf3', '#4ade80', '#12291b'],
  missing: ['#b45309', '#fff7e6', '#fbbf24', '#2e230c'],
  violated: ['#b91c1c', '#fef1f1', '#f87171', '#331616'],
  unexpected: ['#7c3aed', '#f5f0ff', '#c4a5ff', '#241a3a'],
};

function stateRules(border: 0 | 2): string {
  return STEP_STATES.map(
    (state) => `.${state} rect{stroke:${COLOURS[state][border]};fill:${COLOURS[state][border + 1]}}`,
  ).join('');
}

const STYLE = [
  'text{font:13px system-ui,-apple-system,Segoe UI,DejaVu Sans,sans-serif;fill:#1f2430}',
  '.name,.note,.label{font-family:ui-monospace,Menlo,Consolas,DejaVu Sans Mono,monospace}',
  '.name{font-weight:600}.note,.label{font-size:11px;fill:#4b5563}.middle,.number{text-anchor:middle}',
  '.large{font-size:17px;font-weight:600}.small{font-weight:600}',
  '.number{font-size:11px;font-weight:700;fill:#fff}.badge{fill:#b91c1c}',
  '.page{fill:#fff}.frame{fill:none;stroke:#9aa3b2}.dashed,.missing rect{stroke-dasharray:5 4}',
  '.way{fill:none;stroke:#6b7280;stroke-width:1.4}.head,.bar{fill:#6b7280}.mark{fill:#fff;stroke:#6b7280;stroke-width:1.6}',
  '.step rect{stroke-width:1.5}.violated rect,.unexpected rect{stroke-width:2.5}',
  stateRules(0),
  '@media (prefers-color-scheme:dark){',
  'text{fill:#e6e9ef}.note,.label{fill:#aeb6c4}.number{fill:#1b1f26}.badge{fill:#f87171}',
  '.page{fill:#14171c}.frame{stroke:#5c6675}.way{stroke:#9ca3af}.head,.bar{fill:#9ca3af}.mark{fill:#14171c;stroke:#9ca3af}',
  stateRules(2),
  '}',
].join('\n');
