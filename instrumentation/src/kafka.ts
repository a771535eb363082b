/** Instruments kafkajs 2. */
import { InstrumentationBase, type InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { harmless } from './harmless.js';
import { tracedRun } from './kafka-deliveries.js';
import { followLag } from './kafka-lag.js';
import { onlyWhereOneWaits, REQUEST_QUEUE_FILE } from './kafka-quiet.js';
import { tracedSend, tracedSendBatch } from './kafka-sends.js';
import { endingWith, trackTransactions } from './kafka-transactions.js';
import { applyPatch, type Method, type Patch, patchedFile, patchedModule } from './patches.js';
import { INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION } from './scope.js';

interface KafkaModule {
  readonly Kafka: { readonly prototype: object };
}

const VERSIONS = ['>=2.0.0 <3'];

/**
 * PRODUCER `send <topic>` for each message, CONSUMER `process <topic>` in the sender's trace; a batch is CLIENT `poll <topic>` in
 * a trace of its own, with a linked `process` for each message.
 *
 * - What the service gave is left as it is: the headers of a hand-off are put on copies.
 * - A producer's span says partition and offset once the broker has answered, where they are certain.
 * - In a transaction it ends with the commit; an abort takes the hand-off back.
 * - Its connections do nothing while nothing waits to be sent.
 */
export class KafkaInstrumentation extends InstrumentationBase {
  constructor() {
    super(`${INSTRUMENTATION_NAME}/kafkajs`, INSTRUMENTATION_VERSION, {});
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const kafkajs = patchedModule<KafkaModule>({ name: 'kafkajs', versions: VERSIONS, patches: patchesOf });
    kafkajs.files.push(patchedFile({ name: REQUEST_QUEUE_FILE, versions: VERSIONS, patches: queuePatchesOf }));
    return [kafkajs];
  }
}

function queuePatchesOf({ prototype }: { readonly prototype: object }): readonly Patch[] {
  return [{ owner: prototype, name: 'scheduleCheckPendingRequests', wrap: onlyWhereOneWaits }];
}

function patchesOf({ Kafka: { prototype } }: KafkaModule, isOn: () => boolean): readonly Patch[] {
  return [
    { owner: prototype, name: 'producer', wrap: (original) => making(original, (made) => traceProducer(made, isOn)) },
    {
      owner: prototype,
      name: 'consumer',
      wrap: (original) => making(original, (...made) => traceConsumer(made, isOn)),
    },
  ];
}

/** The same factory; what it has made is traced. Clients are made of closures, so each is patched for itself. */
function making(original: Method, trace: (made: object, options: unknown) => void): Method {
  return function (this: unknown, ...args) {
    const made = Reflect.apply(original, this, args) as object;
    trace(made, args[0]);
    return made;
  };
}

function traceProducer(producer: object, isOn: () => boolean): void {
  const { tracedTransaction, endOpen } = trackTransactions();
  const patch = (name: string, wrap: Patch['wrap']) => applyPatch({ owner: producer, name, wrap, isOn });
  patch('send', (original) => tracedSend(original));
  patch('sendBatch', (original) => tracedSendBatch(original));
  patch('transaction', tracedTransaction);
  patch('disconnect', (original) => endingWith(original, endOpen));
}

function traceConsumer([consumer, options]: readonly [object, unknown], isOn: () => boolean): void {
  const { groupId } = (options ?? {}) as { readonly groupId?: unknown };
  const group = typeof groupId === 'string' ? groupId : undefined;
  if (group !== undefined) harmless('the lag of a Kafka consumer', () => followLag(consumer, group));
  applyPatch({ owner: consumer, name: 'run', wrap: (original) => tracedRun(original, group), isOn });
}
