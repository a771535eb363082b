#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../build/src/cli/main.js', import.meta.url);
if (!existsSync(main)) {
  process.stderr.write('tracecourt is not built yet: run `npm start` first, in the folder of its package.json.\n');
  process.exit(3);
}
await import(main.href);
