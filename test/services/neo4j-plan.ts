import { join } from 'node:path';
import type { PlanContext, ServicePlan } from './service-plan.js';

/** Neo4j's Community server with a password of this start, Bolt only. */
export function neo4jPlan({ home, libraries, ports, password }: PlanContext): ServicePlan {
  const conf = join(home, 'conf');
  // Else its native parts stay behind in the user's own cache folder.
  const scratch = [`-Djava.io.tmpdir=${home}`, `-Djna.tmpdir=${home}`] as const;
  const java = ['java', '-Xms256m', '-Xmx512m', ...scratch, '-cp', join(libraries, 'neo4j', 'lib', '*')] as const;
  return {
    name: 'neo4j',
    ports: [ports.neo4j],
    files: { 'conf/neo4j.conf': configuration(ports.neo4j) },
    preparation: [[...java, 'org.neo4j.cli.AdminTool', 'dbms', 'set-initial-password', password]],
    processEnvironment: { NEO4J_HOME: home, NEO4J_CONF: conf },
    command: [...java, 'org.neo4j.server.CommunityEntryPoint', `--home-dir=${home}`, `--config-dir=${conf}`],
    // It prints nothing by itself.
    readyLog: join('logs', 'neo4j.log'),
    readyText: 'INFO  Started.',
    environment: {
      NEO4J_URL: `bolt://127.0.0.1:${ports.neo4j}`,
      NEO4J_USER: 'neo4j',
      NEO4J_PASSWORD: password,
    },
  };
}

function configuration(port: number): string {
  return `server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:${port}
server.bolt.advertised_address=127.0.0.1:${port}
server.http.enabled=false
server.https.enabled=false
dbms.security.auth_enabled=true
server.memory.pagecache.size=64m
dbms.usage_report.enabled=false
db.tx_log.preallocate=false
internal.server.bolt.thread_pool_shutdown_wait_time=1s
`;
}
