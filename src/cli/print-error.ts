import { createColors } from 'picocolors';
import { TracecourtError } from '../errors.js';
import { EXIT_CODES } from '../orchestrator/index.js';

/** Prints what is wrong and what to do about it to standard error; gives the exit code. Only a defect of ours shows a stack. */
export function printError(error: unknown): number {
  const { bold, red, dim } = createColors(process.stderr.isTTY === true);
  if (!(error instanceof TracecourtError)) {
    console.error(`${red('defect')} Tracecourt itself failed. Please report it with what follows.`);
    console.error(error);
    return EXIT_CODES.defect;
  }
  console.error(`${red(bold(error.code))} ${error.message}`);
  if (error.nextStep !== '') console.error(dim(`  ${error.nextStep}`));
  return error.exitCode;
}
