import { OUTPUT_LOG, type PlanContext, type ServicePlan } from './service-plan.js';

/** Redis from Debian's package, run by us on a port of ours; whatever the package itself runs is left alone. */
export function redisPlan({ home, ports }: PlanContext): ServicePlan {
  const port = String(ports.redis);
  return {
    name: 'redis',
    ports: [ports.redis],
    files: {},
    preparation: [],
    processEnvironment: {},
    command: [
      'redis-server',
      ...['--bind', '127.0.0.1', '--port', port, '--dir', home, '--daemonize', 'no'],
      ...['--appendonly', 'yes', '--save', ''],
      ...['--maxmemory', '256mb', '--maxmemory-policy', 'noeviction'],
    ],
    readyLog: OUTPUT_LOG,
    readyText: 'Ready to accept connections',
    environment: { REDIS_URL: `redis://127.0.0.1:${port}` },
  };
}
