export { awaitingSentence } from './awaited-sentence.js';
export { evidenceLines, spanLine } from './evidence-lines.js';
export { findingSentence } from './finding-sentence.js';
export { mutationAdvice, mutationPhrase } from './mutation-sentence.js';
export { reasonSentence } from './reason-sentence.js';
export { type WaterfallRow, waterfall } from './waterfall.js';
export { count, duration, printable, recordLine } from './words.js';
