import { expect } from 'chai';
import { TracecourtError } from '../../src/errors.js';
import { loadKafkajs } from '../../src/stores/kafka-client.js';

describe('loading kafkajs', () => {
  it('names the package that is missing and what to do', async () => {
    const failure = await loadKafkajs(() => Promise.reject(new Error('Cannot find package'))).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(TracecourtError);
    expect(failure).to.include({ code: 'package-missing', nextStep: 'Run: npm install kafkajs' });
  });
});
