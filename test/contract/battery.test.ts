import { expect } from 'chai';
import { type Difference, expectDifference } from './battery.js';

const SCRIPTS: Omit<Difference, 'see'> = {
  real: { does: 'runs the script', answer: [2] },
  embedded: { does: 'refuses it', answer: ['ERR no scripts'] },
};

/** The message by which a difference fails, or nothing. */
async function complaint(difference: Difference, server: 'real' | 'embedded'): Promise<string> {
  try {
    await expectDifference(difference, server);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('A difference between the embedded and the real server', () => {
  const sees = (answer: unknown): Difference => ({ ...SCRIPTS, see: async () => answer });

  it('holds when each server gives its own answer', async () => {
    expect(await complaint(sees([2]), 'real')).to.equal('');
    expect(await complaint(sees(['ERR no scripts']), 'embedded')).to.equal('');
  });

  it('fails when the embedded server does what the real one does', async () => {
    expect(await complaint(sees([2]), 'embedded')).to.include('make it a plain row');
  });

  it('fails when the real server does what the embedded one does', async () => {
    expect(await complaint(sees(['ERR no scripts']), 'real')).to.include('the real server runs the script');
  });

  it('fails when a server does something that nobody said', async () => {
    expect(await complaint(sees([3]), 'real')).to.include('the real server runs the script');
    expect(await complaint(sees([3]), 'embedded')).to.include('the embedded server refuses it');
  });

  it('fails when both are said to give the same answer', async () => {
    const same: Difference = { ...sees([2]), embedded: { does: 'runs it too', answer: [2] } };
    expect(await complaint(same, 'real')).to.include('make it a plain row');
  });
});
