import { expect } from 'chai';
import ts from 'typescript';
import { readRepositoryFile, repositoryFiles } from '../helpers/repository.js';

/** Where objects are made for each request. */
const ROOMS = ['src/model', 'src/lib', 'src/flow', 'src/validators', 'src/orchestrator', 'src/stores', 'collectors'];

describe('what is made for each request', () => {
  it('has no getter in an object literal that a function makes: the engine keeps what it sees until its next full collection', () => {
    const files = ROOMS.flatMap((room) => repositoryFiles(room, '.ts'));
    expect(files.length).to.be.greaterThan(200);
    expect(files.flatMap((file) => gettersOfLiterals(file, readRepositoryFile(file)))).to.deep.equal([]);
  });

  it('is told by its place', () => {
    const text = [
      'class A { get a() { return 1; } }',
      'const b = { get b() { return 2; } };',
      'const c = () => ({ get c() { return 3; } });',
    ];
    expect(gettersOfLiterals('x.ts', text.join('\n'))).to.deep.equal(['x.ts:3 get c: see lazily in src/lib/lazily.ts']);
  });
});

/** Not once, with its module. */
function isMadeAnew(node: ts.Node): boolean {
  return ts.isFunctionLike(node) || (node.parent !== undefined && isMadeAnew(node.parent));
}

function gettersOfLiterals(file: string, text: string): readonly string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isGetAccessor(node) && ts.isObjectLiteralExpression(node.parent) && isMadeAnew(node.parent)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${file}:${line + 1} get ${node.name.getText()}: see lazily in src/lib/lazily.ts`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
