import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect } from 'chai';
import { portHolder } from '../../src/lib/port-holder.js';

describe('who holds a port', () => {
  it('is told by its process and program, on Linux', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const holder = await portHolder(port);
    server.close();
    await once(server, 'close');
    if (process.platform === 'linux') {
      expect(holder?.pid).to.equal(process.pid);
      expect(holder?.name).to.match(/^node/);
    } else expect(holder?.pid).to.be.oneOf([process.pid, undefined]);
    expect(await portHolder(port)).to.equal(undefined);
  });
});
