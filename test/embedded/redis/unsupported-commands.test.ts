import { expect } from 'chai';
import { Redis } from 'ioredis';
import { startEmbeddedRedis } from '../../../src/embedded/redis/index.js';
import { UNSUPPORTED_COMMANDS } from '../../../src/embedded/redis/unsupported-commands.js';
import { readRepositoryFile } from '../../helpers/repository.js';

/** Every command and subcommand of Redis 7.0; the battery holds the list to a real one. */
const REDIS_COMMANDS = readRepositoryFile('test/contract/redis/redis-7.0-commands.txt').trim().split('\n');

/** Drivers of today send it to every server. */
const LATER_THAN_7_0 = ['client|setinfo'];

describe('What the embedded Redis does not have', () => {
  it('is, of what a real one has, exactly what it refuses by name', async () => {
    await using server = await startEmbeddedRedis();
    const redis = new Redis(server.url);
    const spoken = ((await redis.call('command', 'list')) as string[]).map(String);
    redis.disconnect();
    // A container that answers or refuses all its subcommands alike does not name them.
    const containers = REDIS_COMMANDS.filter(
      (name) =>
        UNSUPPORTED_COMMANDS.has(name) ||
        (spoken.includes(name) && !spoken.some((word) => word.startsWith(`${name}|`))),
    );
    const answeredAlike = REDIS_COMMANDS.filter(
      (name) => name.includes('|') && containers.includes(name.split('|')[0] ?? ''),
    );
    expect([...spoken, ...UNSUPPORTED_COMMANDS, ...answeredAlike].sort()).to.deep.equal(
      [...REDIS_COMMANDS, ...LATER_THAN_7_0].sort(),
    );
  });
});
