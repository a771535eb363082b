import { expect } from 'chai';
import { runCommand } from './run-command.js';

const node = (source: string) => [process.execPath, '-e', source] as const;
const failure = (promise: Promise<string>) =>
  promise.then(
    () => 'no failure',
    (error: unknown) => String(error),
  );

describe('a command that the launcher runs', () => {
  it('gives all that it printed', async () => {
    const said = await runCommand(node(`console.log('out'); console.error('err')`), { purpose: 'Trying' });
    expect(said).to.include('out').and.include('err');
  });

  it('fails with its purpose, its end and its last lines', async () => {
    const said = await failure(
      runCommand(node(`for (let i = 0; i < 99; i++) console.log('line ' + i); process.exit(3)`), { purpose: 'Trying' }),
    );
    expect(said).to.match(/Trying failed: .* ended with code 3\./);
    expect(said).to.include('line 98').and.not.include('line 1\n');
  });

  it('is ended when it takes longer than it may, and says so', async () => {
    const said = await failure(runCommand(node('setInterval(() => {}, 1000)'), { purpose: 'Trying', limitMs: 50 }));
    expect(said).to.include('Trying failed').and.include('took longer than 0.05 s');
  });

  it('says that the program is not there', async () => {
    expect(await failure(runCommand(['/no/such/program'], { purpose: 'Trying' }))).to.include('ENOENT');
  });
});
