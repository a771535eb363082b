import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type * as Validators from '../../src/validators/index.js';
import { repositoryRoot } from './repository.js';

/** One change of the built code of the validators: `from` MUST occur once in the file. */
export interface Breakage {
  /** Under build/src/validators. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Compiled tests run from build/test/helpers. */
const BUILD = new URL('../../src/', import.meta.url);

/** A folder for a copy. It is beside the build: what is copied finds its packages from there. */
export function roomForCopy(): string {
  return mkdtempSync(join(repositoryRoot, 'build', 'mutation-'));
}

/** The validators with one thing broken, loaded from a copy in the folder. */
export async function brokenValidators({ file, from, to }: Breakage, folder: string): Promise<typeof Validators> {
  for (const part of ['model', 'lib', 'validators'])
    cpSync(new URL(part, BUILD), join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const target = join(folder, 'validators', file);
  const code = readFileSync(target, 'utf8');
  expect(code.split(from), `'${from}' occurs once in ${file}`).to.have.length(2);
  writeFileSync(target, code.replace(from, to));
  return (await import(pathToFileURL(join(folder, 'validators/index.js')).href)) as typeof Validators;
}
