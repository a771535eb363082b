import type { Socket } from 'node:net';
import type { FrameAnswer } from './answer-frame.js';
import { FrameSplitter } from './codec/frame-splitter.js';

const MAX_FRAME_BYTES = 16 * 1024 * 1024;
const IDLE_TIMEOUT_MS = 600_000;
const MAX_QUEUED_FRAMES = 64;

/**
 * Serves one client: its requests are answered one after the other, in the order in which they came, as the protocol wants it.
 * Bytes that are no request end this connection, and nothing else.
 */
export function serveConnection(socket: Socket, answer: (frame: Buffer) => Promise<FrameAnswer>): void {
  const splitter = new FrameSplitter(MAX_FRAME_BYTES);
  const queue: Buffer[] = [];
  let isAnswering = false;

  async function answerAll(): Promise<void> {
    isAnswering = true;
    for (let frame = queue.shift(); frame && !socket.destroyed; frame = queue.shift()) {
      const { reply, close } = await answer(frame);
      if (reply && !socket.destroyed) socket.write(reply);
      if (close) socket.end();
      if (queue.length === 0) socket.resume();
    }
    isAnswering = false;
  }

  socket.setNoDelay(true);
  socket.setTimeout(IDLE_TIMEOUT_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    try {
      queue.push(...splitter.push(chunk));
    } catch {
      socket.destroy();
      return;
    }
    if (queue.length > MAX_QUEUED_FRAMES) socket.pause();
    if (!isAnswering) answerAll().catch(() => socket.destroy());
  });
}
