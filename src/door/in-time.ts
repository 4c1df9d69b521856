/** What comes of a promise, or `late` once its time is over. The promise goes on; nobody waits for it any more. */
export async function inTime<T>(work: Promise<T>, limit: { readonly ms: number; readonly late: T }): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(limit.late), limit.ms);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
