/** What the task gives, or `late` when the time is up before; its later failure is nobody's then. */
export async function within<T>(task: Promise<T>, timeoutMs: number): Promise<{ readonly value: T } | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, 'late');
  });
  task.catch(() => undefined);
  try {
    return await Promise.race([task.then((value) => ({ value })), late]);
  } finally {
    clearTimeout(timer);
  }
}
