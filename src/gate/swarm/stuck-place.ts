import type { ChildProcess } from "node:child_process";
import { haltedAt, type ParsedScript } from "../../base/stack-place.ts";
import { userPlace } from "../../base/user-place.ts";

/** How long a process that is stuck has to say where. */
const patienceMs = 5000;

/** What a stuck process prints because it was asked, which is nobody's output. */
const answer =
  /^(Debugger (listening|attached|ending)|For help, see: https:\/\/nodejs|Waiting for the debugger|KEYBOARD_INTERRUPT:)/;

/**
 * Finds the line of user code that a process is stuck at. A process under the permission model has no inspector, but
 * prints its stack on SIGINT (`--trace-sigint`) and ends; any other opens its inspector on SIGUSR1, even in a loop.
 */
export class StuckPlace {
  readonly #child: ChildProcess;
  readonly #locked: boolean;
  readonly #lines: string[] = [];
  #asked = false;
  #onLine: () => void = () => undefined;

  constructor(child: ChildProcess, { locked }: { locked: boolean }) {
    this.#child = child;
    this.#locked = locked;
  }

  /** Takes a line the child printed; true if it is an answer of ours. */
  take(line: string): boolean {
    if (!this.#asked) return false;
    this.#lines.push(line);
    this.#onLine();
    return answer.test(line) || (this.#locked && /^\s+at /.test(line));
  }

  /** `file:line:column`, as good as it can be found; undefined where it cannot. */
  async find(): Promise<string | undefined> {
    if (process.platform === "win32") return undefined;
    this.#asked = true;
    try {
      return this.#locked ? await this.#byInterrupt() : await this.#byInspector();
    } catch {
      return undefined;
    }
  }

  async #byInterrupt(): Promise<string | undefined> {
    this.#child.kill("SIGINT");
    const found = await this.#until(() => userPlace(this.#lines.join("\n")));
    return found && `${found.file}:${found.line}:${found.column}`;
  }

  async #byInspector(): Promise<string | undefined> {
    this.#child.kill("SIGUSR1");
    const url = await this.#until(() => /listening on (ws:\S+)/.exec(this.#lines.join("\n"))?.[1]);
    return url === undefined ? undefined : await pausedAt(url);
  }

  /** What `read` finds in the lines so far, or in those to come. */
  #until<T>(read: () => T | undefined): Promise<T | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), patienceMs);
      this.#onLine = () => {
        const found = read();
        if (found === undefined) return;
        clearTimeout(timer);
        resolve(found);
      };
    });
  }
}

/** Halts what runs behind an inspector, and says where in the user's own files that is. */
function pausedAt(url: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const scripts = new Map<string, ParsedScript>();
    const end = (place?: string) => {
      clearTimeout(timer);
      socket.close();
      resolve(place);
    };
    const timer = setTimeout(end, patienceMs);
    socket.onerror = () => end();
    socket.onopen = () => {
      socket.send('{"id":1,"method":"Debugger.enable"}');
      socket.send('{"id":2,"method":"Debugger.pause"}');
    };
    socket.onmessage = ({ data }) => {
      const { method, params } = JSON.parse(String(data));
      if (method === "Debugger.scriptParsed") scripts.set(params.scriptId, params);
      if (method !== "Debugger.paused") return;
      end(haltedAt(params.callFrames, scripts));
    };
  });
}
