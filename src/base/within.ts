import { clearTimeout, setTimeout } from "./own-time.ts";

/** What `work` gives, or the error of `late` if it has not come to an end within `ms`. The work itself goes on. */
export function within<T>(work: Promise<T>, { ms, late }: { ms: number; late: () => Error }): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
