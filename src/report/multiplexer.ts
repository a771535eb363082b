import type { RunEvent } from '../model/index.js';
import type { Reporter } from './reporter.js';

/**
 * One reporter made of many. One that throws is reported once, through `onTrouble`, and hears nothing more; the others and
 * the run go on.
 */
export function multiplex(reporters: readonly Reporter[], onTrouble: (message: string) => void): Required<Reporter> {
  const listening = new Set(reporters);

  function giveUp(reporter: Reporter, error: unknown): void {
    listening.delete(reporter);
    onTrouble(`The ${reporter.name} report failed and stops here: ${error instanceof Error ? error.message : error}`);
  }

  function tell(events: readonly RunEvent[]): void {
    for (const reporter of [...listening]) {
      try {
        if (reporter.onEvents) reporter.onEvents(events);
        else for (const event of events) reporter.onEvent(event);
      } catch (error) {
        giveUp(reporter, error);
      }
    }
  }

  return {
    name: 'all',
    onEvent: (event: RunEvent) => tell([event]),
    onEvents: tell,
    async end(): Promise<void> {
      for (const reporter of [...listening]) {
        try {
          await reporter.end?.();
        } catch (error) {
          giveUp(reporter, error);
        }
      }
    },
  };
}
