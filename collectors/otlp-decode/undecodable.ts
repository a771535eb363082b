import { TracecourtError } from '../../src/errors.js';

/** The error for a body that is no trace export. `what` completes "The body is no OTLP trace export: …". */
export function undecodable(what: string, cause?: unknown): TracecourtError {
  return new TracecourtError('undecodable-spans', `The body is no OTLP trace export: ${what}.`, {
    nextStep: 'Send an ExportTraceServiceRequest, as protobuf or JSON, with the Content-Type that fits.',
    cause,
  });
}
