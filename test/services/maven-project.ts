import { PINS } from './pins.js';

/** The files of a Maven project, by path: one module a server, so that one Maven fetches both at the same time. */
export type MavenProject = Readonly<Record<string, string>>;

/** The modules of the project; each gets its jars in a folder `lib` of its own. */
export const MODULES = ['kafka', 'neo4j'] as const;

export type Module = (typeof MODULES)[number];

/** The goal that copies each module's jars; the plugin is pinned, so that Maven does not choose one. */
export const COPY_JARS = `org.apache.maven.plugins:maven-dependency-plugin:${PINS.mavenDependencyPlugin}:copy-dependencies`;

const DEPENDENCIES: Readonly<Record<Module, string>> = {
  kafka: `
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${PINS.kafka}</version>
      <exclusions>
        <!-- Not in Maven Central; the broker runs without it. -->
        <exclusion><groupId>org.apache.kafka</groupId><artifactId>kafka-tools-api</artifactId></exclusion>
      </exclusions>
    </dependency>
    <!-- Without a logger Kafka says nothing, not even that it is ready. -->
    <dependency>
      <groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>${PINS.slf4jSimple}</version>
    </dependency>`,
  neo4j: `
    <dependency>
      <groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>${PINS.neo4j}</version>
    </dependency>`,
};

/** The project whose modules' runtime dependencies are the servers. */
export function mavenProject(): MavenProject {
  const modules = MODULES.map((name) => [`${name}/pom.xml`, modulePom(name)] as const);
  return { 'pom.xml': parentPom(), ...Object.fromEntries(modules) };
}

function parentPom(): string {
  return pom(`
  <groupId>tracecourt.services</groupId><artifactId>services</artifactId><version>1</version>
  <packaging>pom</packaging>
  <modules>${MODULES.map((name) => `<module>${name}</module>`).join('')}</modules>
  <build><pluginManagement><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId>
    <version>${PINS.mavenDependencyPlugin}</version>
    <configuration>
      <outputDirectory>\${project.basedir}/lib</outputDirectory><includeScope>runtime</includeScope>
    </configuration>
  </plugin></plugins></pluginManagement></build>`);
}

function modulePom(name: Module): string {
  return pom(`
  <parent><groupId>tracecourt.services</groupId><artifactId>services</artifactId><version>1</version></parent>
  <artifactId>${name}</artifactId>
  <dependencies>${DEPENDENCIES[name]}
  </dependencies>`);
}

function pom(content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>${content}
</project>
`;
}
