import { Redactor } from "../base/redact.ts";
import {
  type Annotation,
  annotationCommands,
  foreignLines,
  libraryCommands,
  maskCommands,
  ownLines,
  stopCommands,
} from "../github/workflow-commands.ts";
import { LogBudget } from "./log-budget.ts";

/**
 * The job's log, which is also how the runner is spoken to. No secret that it knows gets through it, and no source
 * fills it.
 */
export class RunnerLog {
  readonly #write: (text: string) => void;
  readonly #secrets: string[] = [];
  #redactor = new Redactor([]);
  #resume: string | null = null;
  /** Masks that libraries asked for while the runner took no commands. */
  #owed: string[] = [];
  readonly #quoted = new LogBudget("the locustfile's output");
  readonly #notes = new LogBudget("what the load-generating process reports");
  readonly #progress = new LogBudget("its progress");
  readonly #services = new LogBudget("the services' output");

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** From now on these are hidden, by the runner too. */
  hide(secrets: readonly string[]): void {
    const known = new Set(this.#redactor.forms);
    this.#secrets.push(...secrets);
    this.#redactor = new Redactor(this.#secrets);
    const fresh = this.#redactor.forms.filter((form) => !known.has(form));
    for (const command of maskCommands(fresh)) this.#write(`${command}\n`);
  }

  clean(text: string): string {
    return this.#redactor.clean(text);
  }

  /** Our own words, which may quote others. */
  readonly say = (text: string): void => {
    for (const line of ownLines(this.clean(text))) this.#write(`${line}\n`);
  };

  /** One line about what goes on. */
  readonly info = (text: string): void => this.say(`swarmgate: ${text}`);

  /** The same of the load-generating process, whose user code may forge it. */
  readonly note = (text: string): void => this.#within(this.#notes, text, () => this.info(text));

  /** What user code printed. */
  readonly quote = (text: string): void =>
    this.#within(this.#quoted, text, () => {
      for (const line of foreignLines(this.clean(text), "locustfile | ")) this.#write(`${line}\n`);
    });

  /** What a version of the service printed while it came up. */
  readonly service = (arm: string, line: string): void =>
    this.#within(this.#services, line, () => {
      for (const foreign of foreignLines(this.clean(line), `${arm} | `)) this.#write(`${foreign}\n`);
    });

  /** As it is: the progress line. */
  readonly raw = (text: string): void => this.#within(this.#progress, text, () => this.#write(text));

  #within(budget: LogBudget, text: string, print: () => void): void {
    const answer = budget.take(text);
    if (answer === "print") print();
    else if (answer !== "leave out") this.say(`swarmgate: ${answer.instead}`);
  }

  /**
   * What a library printed past us. While the runner takes no commands nothing of it is printed: its debug lines would
   * be plain text then, and hold the signed addresses that its masks were to hide.
   */
  readonly overhear = (text: string): void => {
    const { masks, debug } = libraryCommands(text);
    if (this.#resume !== null) this.#owed.push(...masks);
    else for (const command of [...masks, ...debug]) this.#write(`${command}\n`);
  };

  annotate(annotations: readonly Annotation[]): void {
    const clean = annotations.map((one) => ({ ...one, message: this.clean(one.message) }));
    for (const command of annotationCommands(clean)) this.#write(`${command}\n`);
  }

  notice(message: string): void {
    this.annotate([{ level: "notice", message }]);
  }

  /** While user code may print, the runner must not take lines for commands. */
  stopCommands(): void {
    if (this.#resume !== null) return;
    const { stop, resume } = stopCommands();
    this.#resume = resume;
    this.#write(`${stop}\n`);
  }

  resumeCommands(): void {
    if (this.#resume === null) return;
    this.#write(`${this.#resume}\n`);
    this.#resume = null;
    for (const command of this.#owed.splice(0)) this.#write(`${command}\n`);
    for (const budget of [this.#quoted, this.#notes, this.#progress, this.#services]) {
      const leftOut = budget.takeLeftOut();
      if (leftOut !== null) this.say(`swarmgate: ${leftOut}`);
    }
  }
}
