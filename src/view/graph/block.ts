import type { Drawing, Mark, StepBox } from './scene.js';
import { textWidth } from './text.js';

/**
 * A part of an order as it is drawn: as high and wide as it says. The way comes in at its left edge and goes out at its right one, both `port` below its
 * upper edge.
 */
export interface Block {
  readonly width: number;
  readonly height: number;
  readonly port: number;
  /** False where a frame is at its edge, through which the way goes on. */
  readonly arrowIn: boolean;
  draw(drawing: Drawing, x: number, y: number): void;
}

/** Signs of the fonts, at their widest. */
export const NAME_FONT = { size: 13, em: 0.62 };
export const NOTE_FONT = { size: 11, em: 0.62 };
export const TEXT_FONT = { size: 13, em: 0.6 };

const GAP = 34;
const LANE_GAP = 16;
const TURN = 26;
/** A sequence that would be wider goes on in the next row. */
const WIDEST = 1_600;

/** One step. */
export function stepBlock(box: Omit<StepBox, 'x' | 'y' | 'width' | 'height'>, noted: boolean): Block {
  const badge = box.findings.length > 0 ? 26 : 0;
  const name = textWidth(box.label, NAME_FONT);
  const note = textWidth(box.note ?? '', NOTE_FONT);
  const width = Math.ceil(Math.max(64, name + 24 + badge, note + 24));
  const height = noted ? 48 : 34;
  return {
    width,
    height,
    port: height / 2,
    arrowIn: true,
    draw: ({ boxes }, x, y) => void boxes.push({ ...box, x, y, width, height }),
  };
}

/** Nothing: the way goes straight through. */
export function emptyBlock(): Block {
  return {
    width: 24,
    height: 20,
    port: 10,
    arrowIn: false,
    draw: ({ lines }, x, y) =>
      void lines.push({
        points: [
          [x, y + 10],
          [x + 24, y + 10],
        ],
        arrow: false,
      }),
  };
}

/** One after the other, from left to right; in rows where that is too wide. */
export function sequenceBlock(parts: readonly Block[]): Block {
  const rows = rowsOf(parts);
  const [only] = rows;
  return only && rows.length === 1 ? rowBlock(only) : rowsBlock(rows.map(rowBlock));
}

function rowsOf(parts: readonly Block[]): readonly (readonly Block[])[] {
  const rows: Block[][] = [[]];
  let width = 0;
  for (const part of parts) {
    if (width > 0 && width + part.width > WIDEST) {
      rows.push([]);
      width = 0;
    }
    rows.at(-1)?.push(part);
    width += part.width + GAP;
  }
  return rows;
}

function rowBlock(parts: readonly Block[]): Block {
  const port = Math.max(0, ...parts.map((part) => part.port));
  const below = Math.max(0, ...parts.map((part) => part.height - part.port));
  const width = parts.reduce((sum, part) => sum + part.width + GAP, -GAP);
  return {
    width,
    height: port + below,
    port,
    arrowIn: parts[0]?.arrowIn ?? false,
    draw(drawing, x, y) {
      let left = x;
      parts.forEach((part, i) => {
        part.draw(drawing, left, y + port - part.port);
        left += part.width;
        const next = parts[i + 1];
        if (next)
          drawing.lines.push({
            points: [
              [left, y + port],
              [left + GAP, y + port],
            ],
            arrow: next.arrowIn,
          });
        left += GAP;
      });
    },
  };
}

/** Rows one under the other: the way goes round to the next, and from the last up at the right. */
function rowsBlock(rows: readonly Block[]): Block {
  const between = 36;
  const margin = 18;
  const inner = Math.max(...rows.map(({ width }) => width));
  const width = inner + 2 * margin + 2 * TURN;
  const height = rows.reduce((sum, row) => sum + row.height + between, -between);
  const port = rows[0]?.port ?? 0;
  return {
    width,
    height,
    port,
    arrowIn: false,
    draw(drawing, x, y) {
      const left = x + margin + TURN;
      let top = y;
      drawing.lines.push({
        points: [
          [x, y + port],
          [left, y + port],
        ],
        arrow: rows[0]?.arrowIn ?? false,
      });
      rows.forEach((row, i) => {
        row.draw(drawing, left, top);
        const [out, at] = [left + row.width, top + row.port];
        const next = rows[i + 1];
        const middle = top + row.height + between / 2;
        const below = top + row.height + between;
        drawing.lines.push(
          next
            ? {
                points: [
                  [out, at],
                  [out + margin, at],
                  [out + margin, middle],
                  [x + margin, middle],
                  [x + margin, below + next.port],
                  [left, below + next.port],
                ],
                arrow: next.arrowIn,
              }
            : {
                points: [
                  [out, at],
                  [x + width - margin / 2, at],
                  [x + width - margin / 2, y + port],
                  [x + width, y + port],
                ],
                arrow: false,
              },
        );
        top = below;
      });
    },
  };
}

export interface Lane {
  readonly block: Block;
  readonly label?: string;
}

/** Ways that part at a mark and meet at another. */
export function lanesBlock(
  lanes: readonly Lane[],
  { mark, label }: { readonly mark: 'diamond' | 'circle' | 'bar'; readonly label?: string },
): Block {
  const size = mark === 'bar' ? 6 : 22;
  const column = Math.ceil(Math.max(size, textWidth(label ?? '', NOTE_FONT)));
  const laneLabel = Math.max(0, ...lanes.map((lane) => textWidth(lane.label ?? '', NOTE_FONT)));
  const turn = Math.ceil(TURN + (laneLabel > 0 ? laneLabel + 8 : 0));
  const widest = Math.max(...lanes.map(({ block }) => block.width));
  const offsets: number[] = [];
  let height = 0;
  for (const { block } of lanes) {
    offsets.push(height);
    height += block.height + LANE_GAP;
  }
  height -= LANE_GAP;
  const ports = lanes.map(({ block }, i) => (offsets[i] ?? 0) + block.port);
  const middle = ((ports[0] ?? 0) + (ports.at(-1) ?? 0)) / 2;
  const above = label === undefined ? 4 : 22;
  const room = Math.max(0, mark === 'bar' ? above + 10 - (ports[0] ?? 0) : size / 2 + above - middle);
  const [first, last] = [(ports[0] ?? 0) + room, (ports.at(-1) ?? 0) + room];
  const port = middle + room;
  const width = column + turn + widest + TURN + size;
  return {
    width,
    height: Math.max(height + room, port + size / 2 + 4),
    port,
    arrowIn: column === size,
    draw(drawing, x, y) {
      const begin = x + (column - size) / 2;
      const entry: Mark =
        mark === 'bar'
          ? { kind: 'bar', x: begin, y: y + first - 10, width: size, height: last - first + 20 }
          : { kind: mark, x: begin, y: y + port - size / 2, width: size, height: size };
      const meet: Mark = { ...entry, x: x + width - size };
      drawing.marks.push(entry, meet);
      // The mark is in the middle of its column: the way goes on to it.
      if (entry.x > x)
        drawing.lines.push({
          points: [
            [x, y + port],
            [entry.x, y + port],
          ],
          arrow: true,
        });
      if (label !== undefined)
        drawing.labels.push({ x: x + column / 2, y: entry.y - 7, text: label, anchor: 'middle' });
      const [from, left, right] = [entry.x + size, x + column + turn, x + column + turn + widest];
      lanes.forEach((lane, i) => {
        const at = y + (ports[i] ?? 0) + room;
        lane.block.draw(drawing, left, y + (offsets[i] ?? 0) + room);
        // To and from a bar the way goes straight: it is as long as its lanes are apart.
        const joint = mark === 'bar' ? at : y + port;
        drawing.lines.push(
          { points: bent([from, joint], [left, at], x + column + TURN / 2), arrow: lane.block.arrowIn },
          { points: bent([left + lane.block.width, at], [meet.x, joint], right + TURN / 2), arrow: false },
        );
        if (lane.label !== undefined)
          drawing.labels.push({ x: x + column + TURN / 2 + 5, y: at - 5, text: lane.label, anchor: 'start' });
      });
    },
  };
}

/** A way between two heights, which turns at `bend`. */
function bent(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  bend: number,
): readonly (readonly [number, number])[] {
  const [from, to] = [[x1, y1] as const, [x2, y2] as const];
  return y1 === y2 ? [from, to] : [from, [bend, y1], [bend, y2], to];
}

const PAD = 14;
const HEADER = 20;

/** A part with a frame round it, and what the frame says of it above. */
export function frameBlock(
  inner: Block,
  { label, dashed }: { readonly label: string; readonly dashed: boolean },
): Block {
  const width = Math.ceil(Math.max(inner.width + 2 * PAD + 8, textWidth(label, NOTE_FONT) + 2 * PAD));
  const height = inner.height + HEADER + 2 * PAD - 6;
  const port = HEADER + PAD - 6 + inner.port;
  return {
    width,
    height,
    port,
    arrowIn: false,
    draw(drawing, x, y) {
      const left = x + (width - inner.width) / 2;
      drawing.frames.push({ x, y, width, height, label, dashed });
      drawing.lines.push(
        {
          points: [
            [x, y + port],
            [left, y + port],
          ],
          arrow: inner.arrowIn,
        },
        {
          points: [
            [left + inner.width, y + port],
            [x + width, y + port],
          ],
          arrow: false,
        },
      );
      inner.draw(drawing, left, y + port - inner.port);
    },
  };
}

/** What is repeated, and under it what happens between two rounds, on the way back. */
export function roundsBlock(round: Block, between: Block): Block {
  const down = 22;
  const inner = Math.max(round.width, between.width);
  const width = inner + 2 * TURN;
  return {
    width,
    height: round.height + down + between.height,
    port: round.port,
    arrowIn: false,
    draw(drawing, x, y) {
      const [left, right] = [x + (width - round.width) / 2, x + (width + round.width) / 2];
      const [back, from] = [x + (width - between.width) / 2, x + (width + between.width) / 2];
      const [at, below] = [y + round.port, y + round.height + down + between.port];
      round.draw(drawing, left, y);
      between.draw(drawing, back, y + round.height + down);
      drawing.lines.push(
        {
          points: [
            [x, at],
            [left, at],
          ],
          arrow: round.arrowIn,
        },
        {
          points: [
            [right, at],
            [x + width, at],
          ],
          arrow: false,
        },
        {
          points: [
            [x + width - 10, at],
            [x + width - 10, below],
            [from, below],
          ],
          arrow: true,
        },
        {
          points: [
            [back, below],
            [x + 10, below],
            [x + 10, at],
          ],
          arrow: true,
        },
      );
    },
  };
}
