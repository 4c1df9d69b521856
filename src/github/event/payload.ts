/** Looks into a webhook's payload, whose shape nobody guarantees: every step answers undefined instead of throwing. */
export class Payload {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  at(...path: readonly (string | number)[]): Payload {
    let value = this.#value;
    for (const key of path) {
      value =
        value !== null && typeof value === "object" ? (value as Record<string | number, unknown>)[key] : undefined;
    }
    return new Payload(value);
  }

  get exists(): boolean {
    return this.#value !== undefined && this.#value !== null;
  }

  /** A text that is not empty. */
  get text(): string | undefined {
    return typeof this.#value === "string" && this.#value !== "" ? this.#value : undefined;
  }

  get number(): number | undefined {
    return typeof this.#value === "number" && Number.isFinite(this.#value) ? this.#value : undefined;
  }

  /** A commit: 40 hexadecimal digits, or 64 in repositories with SHA-256. */
  get sha(): string | undefined {
    const { text } = this;
    return text !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(text) ? text.toLowerCase() : undefined;
  }

  get items(): readonly Payload[] {
    return Array.isArray(this.#value) ? this.#value.map((item) => new Payload(item)) : [];
  }
}
