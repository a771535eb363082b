import { expect } from 'chai';
import { cacheFolder, versionsKey } from './cache-folder.js';
import { COPY_JARS, MODULES, mavenProject } from './maven-project.js';
import { hashOf, PINS } from './pins.js';

describe('the cache of fetched services', () => {
  it('lies in the cache folder of the user, under the key of the versions', () => {
    const key = versionsKey();
    expect(cacheFolder({ XDG_CACHE_HOME: '/caches' }, '/home/me')).to.equal(`/caches/tracecourt/services-${key}`);
    expect(cacheFolder({}, '/home/me')).to.equal(`/home/me/.cache/tracecourt/services-${key}`);
  });

  it('takes an empty or relative XDG_CACHE_HOME for none', () => {
    for (const given of ['', 'relative/path']) {
      expect(cacheFolder({ XDG_CACHE_HOME: given }, '/home/me')).to.match(/^\/home\/me\/\.cache\/tracecourt\//);
    }
  });

  it('gives texts that differ different keys, also where only their borders do', () => {
    const keys = [['a', 'b'], ['ab'], ['a', 'c'], ['b', 'a'], ['', 'ab']].map(hashOf);
    expect(new Set(keys).size).to.equal(keys.length);
    expect(hashOf(['a', 'b']))
      .to.equal(keys[0])
      .and.to.match(/^[0-9a-f]{12}$/);
  });
});

describe('what Maven is told', () => {
  const project = mavenProject();

  it('has a module for each server, listed by the parent', () => {
    for (const name of MODULES) {
      expect(project[`${name}/pom.xml`]).to.include(`<artifactId>${name}</artifactId>`);
      expect(project['pom.xml']).to.include(`<module>${name}</module>`);
    }
  });

  it('pins every version: no range, no moving name', () => {
    const versions = Object.values(project).flatMap((text) =>
      [...text.matchAll(/<version>(.*?)<\/version>/g)].map(([, version]) => version!),
    );
    expect(versions).to.include.members(Object.values(PINS));
    for (const version of versions) expect(version).to.match(/^\d+(\.\d+)*$/);
    expect(COPY_JARS.split(':')).to.include(PINS.mavenDependencyPlugin);
  });

  it('gives every dependency a version, and leaves out the jar that is not in Maven Central', () => {
    for (const name of MODULES) {
      const dependencies = [...project[`${name}/pom.xml`]!.matchAll(/<dependency>(.*?)<\/dependency>/gs)];
      expect(dependencies).not.to.have.length(0);
      for (const [, dependency] of dependencies) expect(dependency).to.include('<version>');
    }
    expect(project['kafka/pom.xml']).to.match(/<exclusion>.*kafka-tools-api.*<\/exclusion>/);
  });
});
