import { createColors } from 'picocolors';
import { TracecourtError } from '../errors.js';
import { EXIT_CODES } from '../orchestrator/index.js';

/**
 * Prints what is wrong and what to do about it to standard error, and with `json` also as one document to standard output. Gives
 * the exit code. Only a defect of ours shows a stack.
 */
export function printError(error: unknown, { json = false }: { readonly json?: boolean } = {}): number {
  const { bold, red, dim } = createColors(process.stderr.isTTY === true);
  if (!(error instanceof TracecourtError)) {
    console.error(`${red('defect')}: Tracecourt itself failed. Please report it with what follows.`);
    console.error(error);
    return EXIT_CODES.defect;
  }
  const { code, message, nextStep, problems, exitCode } = error;
  console.error(`${red(bold(code))}: ${message}`);
  if (nextStep !== '') console.error(dim(`  ${nextStep}`));
  if (json) console.log(JSON.stringify({ error: { code, message, nextStep, problems }, exitCode }));
  return exitCode;
}
