export { type LearntBudget, learnBudgets } from './learn-budgets.js';
export { type LearntStep, learnSteps } from './learn-steps.js';
export type { LearntNode } from './learnt-node.js';
export { type LearntOrders, learnOrders } from './scopes.js';
export { type SeenRequest, type SeenStep, wholeLog } from './seen-request.js';
export { type LearntFlow, writeFlow } from './write-flow.js';
