import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { Command, Option } from 'commander';
import { TracecourtError } from '../../errors.js';
import { toJson } from '../../lib/json.js';
import type { CompiledFlow, FlowOverlay } from '../../model/index.js';
import {
  DRAWING_FORMATS,
  type DrawingFormat,
  drawFlow,
  EXIT_CODES,
  loadFlowFile,
  overlayRecorded,
  overlayReplayed,
} from '../../orchestrator/index.js';
import { print } from '../output.js';
import { parametersOf, withParameters } from '../parameters.js';
import { settingsOf, withSettings } from '../settings.js';

interface GraphFlags {
  readonly trace?: string;
  readonly run?: string;
  readonly request?: string;
  readonly format?: DrawingFormat;
  readonly output?: string;
  readonly json?: boolean;
  readonly param?: readonly string[];
}

/** `tracecourt flow graph`. */
export function flowGraphCommand(done: (exitCode: number) => void): Command {
  const command = new Command('graph')
    .description('Draw a flow as Mermaid or SVG: what is expected, or how one request stands to it.')
    .argument('<file>', 'a flow file')
    .option('--trace <file>', 'lay a request over it, of OTLP traces as JSON')
    .option('--run <run>', 'lay a request over it, of a recorded run, with what its stores showed')
    .option('--request <id>', 'which request; default: the first that did not pass, else the first')
    .addOption(
      new Option('--format <format>', 'default: by the name of --output, else mermaid').choices([...DRAWING_FORMATS]),
    )
    .option('--output <file>', 'write it there; default: print it')
    .option('--json', 'print the drawing, and the request that is laid over, as one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  tracecourt flow graph checkout.flow.yaml
  tracecourt flow graph checkout.flow.yaml --output checkout.svg
  tracecourt flow graph checkout.flow.yaml --trace traces.jsonl --request 4711 --output 4711.svg
  tracecourt flow graph checkout.flow.yaml --run 20261121-104501-3f2a9c --format svg

Exits with 0 if it could draw, whatever the verdict on the request.`,
    );
  return withSettings(withParameters(command), ['bundleDir']).action(async (file: string, flags: GraphFlags) => {
    const flow = await loadFlowFile(file, { parameters: parametersOf(flags.param), environment: process.env });
    const format = formatOf(flags);
    const overlay = await overlayOf(flow, flags);
    const drawing = drawFlow(flow, { format, overlay });
    if (flags.output !== undefined) await write(flags.output, drawing);
    if (flags.json)
      print(
        `${toJson({ flow: flow.name, format, output: flags.output ?? null, request: overlay ?? null, drawing })}\n`,
      );
    else if (flags.output === undefined) print(drawing);
    done(EXIT_CODES.pass);
  });
}

function formatOf({ format, output }: GraphFlags): DrawingFormat {
  return format ?? (output !== undefined && extname(output).toLowerCase() === '.svg' ? 'svg' : 'mermaid');
}

async function overlayOf(flow: CompiledFlow, flags: GraphFlags): Promise<FlowOverlay | undefined> {
  const { trace, run, request } = flags;
  if (trace !== undefined && run !== undefined)
    throw new TracecourtError('usage', 'A request is of a file or of a run.', {
      nextStep: 'Leave out --trace or --run.',
    });
  if (trace !== undefined) return overlayRecorded(flow, { file: trace, request });
  if (run !== undefined) return overlayReplayed(flow, { run, request, bundles: (await settingsOf(flags)).bundleDir });
  if (request === undefined) return undefined;
  throw new TracecourtError('usage', '--request names one of several requests.', {
    nextStep: 'Add --trace FILE or --run RUN.',
  });
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TracecourtError('usage', `The drawing cannot be written to ${file}: ${reason}`, {
      nextStep: 'Check the path.',
      cause,
    });
  }
}
