import { unknownName } from '../lib/schema-problems.js';
import type { DataPath } from '../lib/yaml-document.js';
import { FINDING_CODES, type FlowExamples, type RecordedExample } from '../model/index.js';
import { type FlowReading, knowsName, read } from './flow-reading.js';
import { examplesSchema } from './flow-schema.js';
import { parseWord, stepsInWord } from './word.js';

const NO_EXAMPLES: FlowExamples = { accepts: [], rejects: [], recorded: [] };

export function readExamples(data: unknown, reading: FlowReading): FlowExamples {
  const examples = data === undefined ? undefined : read(examplesSchema, data, ['examples'], reading);
  if (!examples) return NO_EXAMPLES;
  for (const kind of ['accepts', 'rejects'] as const) {
    examples[kind]?.forEach((word, index) => {
      checkWord(word, ['examples', kind, index], reading);
    });
  }
  const recorded = (examples.recorded ?? []).map((entry, index): RecordedExample => {
    if (typeof entry === 'string') return { file: entry, verdict: 'pass' };
    const { file, request, finding, verdict = finding === undefined ? 'pass' : 'fail' } = entry;
    if (finding !== undefined) {
      const path = ['examples', 'recorded', index, 'finding'];
      knowsName('finding', finding, { known: FINDING_CODES, path, reading });
    }
    return {
      file,
      verdict,
      ...(request === undefined ? {} : { request }),
      ...(finding === undefined ? {} : { finding }),
    };
  });
  return { accepts: examples.accepts ?? [], rejects: examples.rejects ?? [], recorded };
}

function checkWord(text: string, path: DataPath, reading: FlowReading): void {
  const parsed = parseWord(text);
  if (!parsed.ok) {
    reading.problems.add(path, `not a word: ${parsed.message}`, { offset: parsed.offset });
    return;
  }
  for (const { step, offset } of stepsInWord(parsed.word)) {
    if (reading.stepNames.includes(step)) continue;
    reading.problems.add(path, unknownName('step', step, reading.stepNames), { offset });
  }
}
