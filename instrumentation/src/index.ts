export {
  type Account,
  formatAccount,
  formatHandoff,
  type HandoffId,
  parseAccount,
  parseHandoff,
} from './wire-names.js';
