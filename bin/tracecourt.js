#!/usr/bin/env -S node --disable-warning=TimeoutNegativeWarning
// kafkajs sets timers of negative length, and Node 24 warns of each; nothing is wrong.
import { existsSync } from 'node:fs';
import module from 'node:module';

// What this start compiles, the next one finds in the folder for temporary files: a fifth of a short command is that. Node 20 cannot.
module.enableCompileCache?.();
const main = new URL('../build/src/cli/main.js', import.meta.url);
if (!existsSync(main)) {
  process.stderr.write('tracecourt is not built yet: run `npm start` first, in the folder of its package.json.\n');
  process.exit(3);
}
await import(main.href);
