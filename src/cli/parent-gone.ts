import { fstatSync } from 'node:fs';

/**
 * Aborts when standard input closes, if this process was started as a child: then it has a pipe there, which the operating
 * system closes when the parent ends, however it ends. At a terminal, and where nobody holds the input (`nohup`, a service
 * manager, a shell's background), it never aborts.
 */
export function parentGone(): AbortSignal & Disposable {
  const gone = new AbortController();
  const isChild = hasPipe();
  if (isChild)
    process.stdin
      .resume()
      .once('end', () => gone.abort())
      .once('close', () => gone.abort());
  return Object.assign(gone.signal, {
    [Symbol.dispose]: () => {
      if (isChild) process.stdin.destroy();
    },
  });
}

function hasPipe(): boolean {
  try {
    const input = fstatSync(0);
    return input.isFIFO() || input.isSocket();
  } catch {
    return false;
  }
}
