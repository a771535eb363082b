import type { StepState } from '../../model/index.js';

/** What is drawn, with its place. Pixels, from the upper left. */
export interface Scene {
  readonly boxes: readonly StepBox[];
  readonly marks: readonly Mark[];
  readonly frames: readonly Frame[];
  readonly lines: readonly Line[];
  readonly labels: readonly Label[];
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One step at one place of its order. */
export interface StepBox extends Area {
  readonly step: string;
  readonly label: string;
  /** Under the name: how it stands in the request that is laid over. */
  readonly note: string | undefined;
  readonly state: StepState;
  /** Numbers of the findings that are about it, from 1. */
  readonly findings: readonly number[];
}

/** Where ways part and meet: a diamond for one of several, a circle for one or more, a bar for all. */
export interface Mark extends Area {
  readonly kind: 'diamond' | 'circle' | 'bar' | 'start' | 'end';
}

/** What is round a part that may be left out, that is repeated, or that has a name or a condition. */
export interface Frame extends Area {
  readonly label: string;
  readonly dashed: boolean;
}

export interface Line {
  readonly points: readonly (readonly [number, number])[];
  readonly arrow: boolean;
}

export interface Label {
  readonly x: number;
  /** Of its base line. */
  readonly y: number;
  readonly text: string;
  readonly anchor: 'start' | 'middle';
}

/** A scene while it is put together. */
export interface Drawing {
  readonly boxes: StepBox[];
  readonly marks: Mark[];
  readonly frames: Frame[];
  readonly lines: Line[];
  readonly labels: Label[];
}

export function emptyDrawing(): Drawing {
  return { boxes: [], marks: [], frames: [], lines: [], labels: [] };
}
