export { type Lawful, type Mutant, mutantsOf } from './mutants.js';
export { beyondWords } from './word-flow.js';
export { wordSpecimens } from './word-request.js';
