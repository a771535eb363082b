import { toJson } from '../lib/json.js';
import type { RunEvent } from '../model/index.js';
import { coverageDocument } from './coverage-text.js';
import type { Reporter } from './reporter.js';
import { resultRows } from './result-row.js';

/** Prints one JSON document when the run has ended: `{"run","scenarios":[…],"coverage":[…],"notices":[…],"exitCode"}`. */
export function jsonReporter(write: (text: string) => void): Reporter {
  const events: RunEvent[] = [];
  return {
    name: 'JSON',
    onEvent: (event) => void events.push(event),
    end() {
      const started = events.find((event) => event.type === 'run-started');
      const ended = events.findLast((event) => event.type === 'run-ended');
      write(
        `${toJson({
          run: ended?.type === 'run-ended' ? ended.run : null,
          bundle: started?.type === 'run-started' ? (started.bundle ?? null) : null,
          scenarios: resultRows(events),
          coverage: events.flatMap((event) =>
            event.type === 'flow-covered' ? [coverageDocument(event.coverage)] : [],
          ),
          notices: events.flatMap((event) => (event.type === 'notice' ? [event.message] : [])),
          error: (ended?.type === 'run-ended' ? ended.failure : undefined) ?? null,
          exitCode: ended?.type === 'run-ended' ? ended.exitCode : null,
        })}\n`,
      );
    },
  };
}
