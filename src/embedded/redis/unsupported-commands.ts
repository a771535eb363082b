import { EMBEDDED_PRODUCT } from '../embedded-server.js';
import { CommandError } from './command-error.js';

/**
 * What Redis 7.0 has and this server lacks. Whoever uses one of these is told so by name: "unknown command" would send him
 * looking for a mistake of his own. A container with all its subcommands goes by its first word.
 */
export const UNSUPPORTED_COMMANDS: ReadonlySet<string> = new Set(
  `eval eval_ro evalsha evalsha_ro fcall fcall_ro function script
  xack xadd xautoclaim xclaim xdel xgroup xinfo xlen xpending xrange xread xreadgroup xrevrange xsetid xtrim
  blmove blmpop brpoplpush bzmpop bzpopmax bzpopmin wait client|unblock
  geoadd geodist geohash geopos georadius georadius_ro georadiusbymember georadiusbymember_ro geosearch geosearchstore
  pfadd pfcount pfdebug pfmerge pfselftest bitcount bitfield bitfield_ro bitop bitpos getbit setbit
  incrbyfloat lcs msetnx setrange substr
  hincrbyfloat hmset hrandfield hsetnx hstrlen
  linsert lmove lmpop lpos lpushx lset rpoplpush rpushx
  sdiff sdiffstore sinter sintercard sinterstore smismember smove spop srandmember sunion sunionstore
  zcount zdiff zdiffstore zincrby zinter zintercard zinterstore zlexcount zmpop zmscore zpopmax zpopmin zrandmember
  zrangebylex zrangestore zrank zremrangebylex zremrangebyrank zremrangebyscore zrevrange zrevrangebylex
  zrevrangebyscore zrevrank zunion zunionstore
  copy dump migrate move object renamenx restore restore-asking sort sort_ro swapdb touch
  spublish ssubscribe sunsubscribe pubsub|help pubsub|shardchannels pubsub|shardnumsub
  acl client|caching client|getredir client|help client|kill client|list client|no-evict client|pause client|reply
  client|tracking client|trackinginfo client|unpause
  command|docs command|getkeys command|getkeysandflags command|help command|info
  config|help config|resetstat config|rewrite config|set
  bgrewriteaof bgsave debug failover lastsave latency lolwut memory module monitor psync replconf replicaof role save
  shutdown slaveof slowlog sync time`.split(/\s+/),
);

/** The error for such a command, in its own words: `CLIENT LIST`. */
export function unsupportedCommand(name: string): CommandError {
  const shown = name.toUpperCase().replace('|', ' ');
  return new CommandError(`ERR ${shown} is not supported by ${EMBEDDED_PRODUCT}: use a real Redis for it`);
}
