export { healthChangeLine, healthLines } from './health-text.js';
export { jsonReporter } from './json.js';
export { multiplex } from './multiplexer.js';
export { observationLines } from './observation-text.js';
export type { Reporter } from './reporter.js';
export { type ResultRow, resultRow, resultRows } from './result-row.js';
export { type TerminalOptions, terminalReporter } from './terminal.js';
export { noteLines, outcomeWord, proofText, verdictLines } from './verdict-text.js';
export { waterfallLines } from './waterfall-text.js';
