import { once } from 'node:events';
import { Command } from 'commander';
import { splitAddress } from '../../lib/address.js';
import { runCollector } from '../../orchestrator/index.js';
import { interruptible } from '../interruptible.js';
import { print } from '../output.js';
import { flowIn, TELL_IN_TEXT, withFlow } from '../request-teller.js';
import { settingsOf, withSettings } from '../settings.js';

interface CollectFlags {
  readonly flow?: string;
  readonly json?: boolean;
}

const TELL_NOTHING = { onCompleted: () => undefined };

export function collectCommand(done: (exitCode: number) => void): Command {
  const command = new Command('collect')
    .description('Run the collector alone: take OTLP/HTTP spans, assemble them into requests, answer for them.')
    .option('--json', 'print one JSON line when ready, and nothing else')
    .addHelpText(
      'after',
      `
Examples:
  tracecourt collect --http 127.0.0.1:4318
  tracecourt collect --http 127.0.0.1:0 --json

Takes POST /v1/traces; answers GET /api/requests, /api/requests/{requestId}, /api/v3/traces/{traceId}, /metrics, /healthz, /readyz.`,
    );
  return withSettings(withFlow(command), ['http', 'rootQuietMs', 'quietMs', 'deadlineMs']).action(
    async (flags: CollectFlags) => {
      const settings = await settingsOf(flags);
      await interruptible(async (signal) => {
        const flow = await flowIn(flags);
        const collecting = { ...settings, flow, http: splitAddress(settings.http) };
        await using collector = await runCollector(collecting, flags.json ? TELL_NOTHING : TELL_IN_TEXT);
        if (flags.json) print(`${JSON.stringify({ ready: true, http: collector.address })}\n`);
        else print(`Collecting spans at ${collector.address}/v1/traces; press Ctrl-C to stop.\n`);
        if (!signal.aborted) await once(signal, 'abort');
      });
      done(0);
    },
  );
}
