export { diffFlows } from './diff-flows.js';
export type { Accepts } from './diff-orders.js';
export type { PlayedRun } from './play-run.js';
