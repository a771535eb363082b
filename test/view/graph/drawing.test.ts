import { expect } from 'chai';
import type { CompiledFlow, FlowOverlay } from '../../../src/model/index.js';
import { leavesUnder } from '../../../src/model/index.js';
import { NAME_FONT, NOTE_FONT, TEXT_FONT } from '../../../src/view/graph/block.js';
import { type FlowScene, flowScene } from '../../../src/view/graph/flow-scene.js';
import type { Area } from '../../../src/view/graph/scene.js';
import { textWidth } from '../../../src/view/graph/text.js';
import { flowMermaid, flowSvg } from '../../../src/view/index.js';
import { flowOf, opt, par, rep, seq } from '../../helpers/evidence.js';
import { seeded } from '../../helpers/seeded.js';
import { randomFlow } from './random-flow.js';

/** Half a pixel is no overlap. */
function overlap(a: Area, b: Area): boolean {
  const apart = 0.5;
  return (
    a.x + a.width > b.x + apart &&
    b.x + b.width > a.x + apart &&
    a.y + a.height > b.y + apart &&
    b.y + b.height > a.y + apart
  );
}

function inside(inner: Area, outer: Area): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

/** Where the texts that stand alone are: titles of frames and of marks. */
function textAreas({ frames, labels, titles }: FlowScene): readonly Area[] {
  return [
    ...frames.map(({ x, y, label }) => ({ x: x + 10, y: y + 6, width: textWidth(label, NOTE_FONT), height: 11 })),
    ...labels.map(({ x, y, text, anchor }) => {
      const width = textWidth(text, NOTE_FONT);
      return { x: anchor === 'middle' ? x - width / 2 : x, y: y - 10, width, height: 12 };
    }),
    ...titles.map(({ x, y, text }) => ({ x, y: y - 14, width: textWidth(text, TEXT_FONT), height: 16 })),
  ];
}

/** Pieces of ways as thin areas, a little shorter than they are: they may touch what they lead to. */
function segments({ lines }: FlowScene): readonly Area[] {
  return lines.flatMap(({ points }) =>
    points.slice(1).map(([x2, y2], i) => {
      const [x1, y1] = points[i]!;
      const [left, top] = [Math.min(x1, x2), Math.min(y1, y2)];
      return { x: left + 1, y: top + 1, width: Math.abs(x2 - x1) - 2, height: Math.abs(y2 - y1) - 2 };
    }),
  );
}

function crosses(segment: Area, box: Area): boolean {
  const flat = { ...segment, width: Math.max(segment.width, 1), height: Math.max(segment.height, 1) };
  return overlap(flat, box);
}

function expectLegible(flow: CompiledFlow, overlay?: FlowOverlay): void {
  const scene = flowScene(flow, overlay);
  const { boxes, marks, width, height } = scene;
  const page = { x: 0, y: 0, width, height };
  const texts = textAreas(scene);
  for (const [i, box] of boxes.entries()) {
    expect(inside(box, page), `${box.step} is on the page`).to.equal(true);
    const room = box.width - 20 - (box.findings.length > 0 ? 22 : 0);
    expect(textWidth(box.label, NAME_FONT), `${box.step} fits its box`).to.be.at.most(room);
    expect(textWidth(box.note ?? '', NOTE_FONT), `the note of ${box.step} fits its box`).to.be.at.most(box.width - 20);
    for (const other of boxes.slice(i + 1))
      expect(overlap(box, other), `${box.step} over ${other.step}`).to.equal(false);
    for (const mark of marks) expect(overlap(box, mark), `a mark over ${box.step}`).to.equal(false);
    for (const text of texts) expect(overlap(box, text), `a text over ${box.step}`).to.equal(false);
    for (const piece of segments(scene)) expect(crosses(piece, box), `a way through ${box.step}`).to.equal(false);
  }
  for (const [i, text] of texts.entries()) {
    expect(inside(text, page), 'each text is on the page').to.equal(true);
    for (const other of texts.slice(i + 1)) expect(overlap(text, other), 'a text over a text').to.equal(false);
    for (const mark of marks) expect(overlap(text, mark), 'a mark over a text').to.equal(false);
    for (const piece of segments(scene)) expect(crosses(piece, text), 'a way through a text').to.equal(false);
  }
}

const NOBODY: FlowOverlay = { requestId: 'r1', outcome: 'pass', findings: [], reasons: [], leaves: [], strays: [] };

describe('drawing flows', () => {
  it('puts no text over a text, no box over a box and no way through one, whatever the flow', () => {
    const random = seeded(7);
    for (let i = 0; i < 120; i++) {
      const flow = randomFlow(random, 4 + random.below(40));
      expectLegible(flow, i % 2 === 0 ? undefined : NOBODY);
    }
  });

  it('has a box for each place of a step', () => {
    const random = seeded(11);
    for (let i = 0; i < 60; i++) {
      const flow = randomFlow(random, 30);
      const steps = flowScene(flow).boxes.map(({ step }) => step);
      expect(steps).to.have.members(leavesUnder(flow.order).map(({ step }) => step));
    }
  });

  it('goes on in the next row where a sequence is too wide', () => {
    const steps = Array.from({ length: 40 }, (_, i) => `step-${i}`);
    const { width, boxes } = flowScene(flowOf(seq(...steps)));
    expect(width).to.be.below(1_900);
    expect(new Set(boxes.map(({ y }) => y)).size).to.be.above(2);
    expectLegible(flowOf(seq(...steps)));
  });

  it('draws what is inside of steps under the order', () => {
    const flow = flowOf(seq('a', 'b'));
    const steps = [...flow.steps.map((step) => (step.name === 'a' ? { ...step, inside: seq('c', 'd') } : step))];
    const scene = flowScene({ ...flow, steps });
    expect(scene.titles.map(({ text }) => text)).to.deep.equal(['test', 'inside a']);
    expect(scene.boxes.map(({ step }) => step)).to.deep.equal(['a', 'b', 'c', 'd']);
  });
});

/** The tags of an XML text in balance; throws where it is not well formed. */
function checkXml(xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(
    /<(\/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<&]*(?:&[a-z#0-9]+;[^"<&]*)*")*)(\/?)>/g,
    (_, close, name, _attributes, alone) => {
      if (close) expect(open.pop(), `</${name}>`).to.equal(name);
      else if (!alone) open.push(name);
      return '';
    },
  );
  expect(open).to.deep.equal([]);
  expect(rest, 'markup that is none').not.to.match(/[<>]|&(?!(amp|lt|gt|quot|#39);)/);
}

const HOSTILE = '</text><script>alert("1")</script>&\u0000\u202e\ud800';

describe('a flow as SVG', () => {
  it('stands alone, can be read aloud, and is light and dark', () => {
    const svg = flowSvg(flowOf(seq('a', par('b', opt('c')), rep('d', 1, 3))));
    checkXml(svg);
    expect(svg).to.match(
      /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" role="img" aria-labelledby="flow-title flow-desc"/,
    );
    expect(svg).to.include('<title id="flow-title">test</title>');
    expect(svg).to.include('<desc id="flow-desc">The expected order of 4 steps: a, b, c, d.</desc>');
    expect(svg).to.include('@media (prefers-color-scheme:dark)');
    expect(svg).not.to.match(/<script|href|@import|@font-face|url\((?!#)/);
    expect(svg).to.include('1 to 3 times');
  });

  it('takes markup in names, findings and reasons for text', () => {
    const flow = {
      ...flowOf(seq(HOSTILE, { kind: 'flow', name: HOSTILE, child: { kind: 'step', step: 'b' } })),
      name: HOSTILE,
    };
    const leaf = {
      inside: undefined,
      leaf: '0',
      step: HOSTILE,
      state: 'done',
      times: 1,
      startMs: 1,
      durationMs: 2,
    } as const;
    const overlay: FlowOverlay = {
      ...NOBODY,
      requestId: HOSTILE,
      reasons: [HOSTILE],
      leaves: [{ ...leaf, findings: [0] }],
    };
    for (const svg of [flowSvg(flow), flowSvg(flow, overlay)]) {
      checkXml(svg);
      expect(svg).not.to.include('<script');
      for (const sign of ['\u0000', '\u202e', '\ud800']) expect(svg).not.to.include(sign);
    }
  });

  it('says in words how each step stands, with its time and the number of its finding', () => {
    const stands = { inside: undefined, times: 1, startMs: 12, durationMs: 3.25, findings: [] };
    const nothing = { startMs: undefined, durationMs: undefined, times: 0 };
    const overlay: FlowOverlay = {
      ...NOBODY,
      outcome: 'fail',
      findings: [
        {
          code: 'step-failed',
          step: 'b',
          service: 's',
          store: undefined,
          spanId: 'x',
          spanIds: ['x'],
          facts: { message: 'refused' },
        },
      ],
      leaves: [
        { ...stands, leaf: '0', step: 'a', state: 'done', times: 3 },
        { ...stands, leaf: '1', step: 'b', state: 'violated', findings: [0] },
        { ...stands, ...nothing, leaf: '2', step: 'c', state: 'missing' },
      ],
      strays: [{ ...stands, leaf: '', step: 'z', state: 'unexpected' }],
    };
    const flow = flowOf(seq('a', 'b', 'c', 'd'));
    expectLegible(flow, overlay);
    const svg = flowSvg(flow, overlay);
    checkXml(svg);
    expect(svg).to.include('<g class="step done"><title>a, done 3× · at 12 ms · 3.3 ms</title>');
    expect(svg).to.include('<g class="step violated"><title>b, violated · at 12 ms · 3.3 ms, finding 1</title>');
    expect(svg).to.include('<g class="step missing"><title>c, missing</title>');
    expect(svg).to.include('<g class="step expected"><title>d, did not happen</title>');
    expect(svg).to.include('<g class="step unexpected"><title>z, unexpected');
    expect(svg).to.include('step-failed: ');
    expect(svg).to.match(/<desc[^>]*>Request r1 against 4 steps: a, b, c, d\. done: a\. missing: c\. violated: b\./);
  });
});

describe('a flow as Mermaid', () => {
  /** Ids of nodes with their labels, and the arrows between them. */
  function read(text: string) {
    const nodes = new Set([...text.matchAll(/^\s*(n\d+)[[{(]/gm)].map(([, id]) => id!));
    const arrows = [...text.matchAll(/^\s*(n\d+) -->(?:\|"[^"]*"\|)? (n\d+)$/gm)].map(
      ([, from, to]) => [from!, to!] as const,
    );
    return { nodes, arrows };
  }

  function reached(arrows: readonly (readonly [string, string])[], from: string): ReadonlySet<string> {
    const found = new Set([from]);
    for (const id of found) for (const [a, b] of arrows) if (a === id) found.add(b);
    return found;
  }

  it('leads from the begin through every step to the end', () => {
    const random = seeded(3);
    for (let i = 0; i < 60; i++) {
      const flow = randomFlow(random, 4 + random.below(25));
      const text = flowMermaid(flow);
      const { nodes, arrows } = read(text);
      const ahead = reached(arrows, 'n0');
      const back = reached(
        arrows.map(([a, b]) => [b, a] as const),
        'n1',
      );
      for (const id of nodes) expect(ahead.has(id) && back.has(id), `${id} is on a way\n${text}`).to.equal(true);
      for (const id of arrows.flat()) expect(nodes.has(id), id).to.equal(true);
      expect(text.match(/subgraph /g)?.length ?? 0).to.equal(text.match(/^\s*end$/gm)?.length ?? 0);
    }
  });

  it('writes lines of known forms alone, whatever the names are', () => {
    const label = `"(?:[\\p{L}\\p{N} .,:·…_/()=+*|–-]|#\\d+;|<br/>)*"`;
    const forms = new RegExp(
      [
        'flowchart LR',
        `n\\d+(?:\\[${label}\\]|\\[\\[${label}\\]\\]|\\{${label}\\}|\\{\\{${label}\\}\\}|\\(\\(${label}\\)\\)|\\(\\(\\(${label}\\)\\)\\))(?::::[a-z]+)?`,
        `n\\d+ -->(?:\\|${label}\\|)? n\\d+`,
        `subgraph g\\d+\\[${label}\\]`,
        'end',
        '%% [^\\n]*',
        'classDef [a-z]+ [a-z0-9#:,; -]+',
      ]
        .map((form) => `^\\s*${form}$`)
        .join('|'),
      'u',
    );
    const hostile = `a"]; end\n%%{init: {}}%% ${HOSTILE}`;
    const flow = flowOf(seq(hostile, { kind: 'if', condition: hostile, child: { kind: 'step', step: 'end' } }));
    for (const text of [flowMermaid(flow), flowMermaid(flow, { ...NOBODY, reasons: [hostile] })]) {
      for (const line of text.trimEnd().split('\n')) expect(line).to.match(forms);
    }
  });
});
