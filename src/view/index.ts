export { awaitingSentence } from './awaited-sentence.js';
export { type DifferenceMark, differenceMark, differenceSentence } from './difference-sentence.js';
export { evidenceLines, spanLine } from './evidence-lines.js';
export { findingSentence } from './finding-sentence.js';
export { flowMermaid, flowSvg } from './graph/index.js';
export { mutationAdvice, mutationPhrase } from './mutation-sentence.js';
export { reasonSentence } from './reason-sentence.js';
export { type WaterfallRow, waterfall } from './waterfall.js';
export { count, duration, list, printable, recordLine } from './words.js';
