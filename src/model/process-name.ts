import type { Attributes } from './span.js';

/**
 * `service.instance.id`, else host and process number. A sender that names neither may run many times over: then only spans
 * under one local parent are known to share a process.
 */
export function namedProcess(resource: Attributes): string | undefined {
  const instance = resource.get('service.instance.id');
  if (typeof instance === 'string' && instance !== '') return instance;
  const pid = resource.get('process.pid');
  return pid === undefined ? undefined : `${String(resource.get('host.name') ?? '')}/${String(pid)}`;
}
