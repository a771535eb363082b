import { createRequire } from 'node:module';

/** What one of kafkajs's own files exports: the very module that `import('kafkajs')` works with. Undefined where there is no such file. */
export function kafkajsFile<T>(path: string): T | undefined {
  try {
    return createRequire(import.meta.url)(`kafkajs/src/${path}`) as T;
  } catch {
    return undefined;
  }
}
