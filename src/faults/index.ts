export { cutTelemetry, type TelemetryCut } from './telemetry-cut.js';
