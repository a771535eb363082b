export type { Evaluate } from './evaluate.js';
export { judge } from './judge.js';
