import { startTracing } from '@tracecourt/instrumentation';
import { lossyExporter } from './council/lossy-exporter.js';

/** Loaded before council.js: tracing as everywhere, with an exporter that can lose spans. */
startTracing({ wrapExporter: lossyExporter });
