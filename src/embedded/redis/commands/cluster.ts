import type { CommandFamily, Run } from '../command.js';
import { CommandError } from '../command-error.js';

/** What clients of a cluster say; a server that belongs to none answers all of it in one way. */
const noCluster: Run = () => {
  throw new CommandError('ERR This instance has cluster support disabled');
};

export const CLUSTER: CommandFamily = {
  cluster: { arity: -2, run: noCluster },
  readonly: { arity: 1, run: noCluster },
  readwrite: { arity: 1, run: noCluster },
  asking: { arity: 1, run: noCluster },
};
