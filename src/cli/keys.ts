import type { Terminal } from "./terminal.ts";

/** What a key asks for: so many users more or fewer, the end of the run, or nothing. */
export type KeyWish = { readonly users: number } | "interrupt" | null;

const users: Readonly<Record<string, number>> = { w: 1, W: 10, s: -1, S: -10 };

/** Locust's keys. A terminal in raw mode makes no signals, so Ctrl-C arrives as a character. */
export function wishOf(key: string): KeyWish {
  if (key === "\u0003") return "interrupt";
  return Object.hasOwn(users, key) ? { users: users[key] as number } : null;
}

/** Listens to the keys until the returned function is called, which leaves the terminal as it was found. */
export function watchKeys(
  keyboard: Terminal["keyboard"],
  heed: { readonly users: (by: number) => void; readonly interrupt: () => void },
): () => void {
  if (!keyboard) return () => undefined;
  const onData = (data: Buffer | string) => {
    for (const key of String(data)) {
      const wish = wishOf(key);
      if (wish === "interrupt") heed.interrupt();
      else if (wish) heed.users(wish.users);
    }
  };
  const restore = () => void keyboard.setRawMode(false);
  keyboard.setRawMode(true);
  keyboard.on("data", onData);
  keyboard.resume();
  process.once("exit", restore);
  return () => {
    process.off("exit", restore);
    keyboard.off("data", onData);
    restore();
    keyboard.pause();
    keyboard.unref();
  };
}
