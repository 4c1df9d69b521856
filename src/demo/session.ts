/** What the shop knows of one visitor. */
export interface Session {
  readonly id: string;
  username: string | undefined;
  currency: string;
  address: string | undefined;
  /** What a form of this visitor must bring back with it. */
  readonly formToken: string;
  /** Quantity by product id. */
  readonly cart: Map<number, number>;
}

const cookieName = "shop_session";

/** Visitors by cookie; the oldest is forgotten when there are too many. */
export class Sessions {
  readonly #byId = new Map<string, Session>();
  readonly #limit: number;
  #made = 0;

  constructor(limit = 50_000) {
    this.#limit = limit;
  }

  /** The session of a `Cookie` header; a new one, with the `Set-Cookie` to send, if it names none. */
  open(cookies: string | undefined): { session: Session; setCookie?: string } {
    const given = new RegExp(`(?:^|;\\s*)${cookieName}=([\\w-]+)`).exec(cookies ?? "")?.[1];
    const known = given === undefined ? undefined : this.#byId.get(given);
    if (known) return { session: known };
    const id = `v${++this.#made}`;
    const session: Session = {
      id,
      username: undefined,
      currency: "EUR",
      address: undefined,
      formToken: Buffer.from(`form of ${id}`).toString("base64url"),
      cart: new Map(),
    };
    this.#byId.set(session.id, session);
    if (this.#byId.size > this.#limit) {
      const [oldest] = this.#byId.keys();
      if (oldest !== undefined) this.#byId.delete(oldest);
    }
    return { session, setCookie: `${cookieName}=${session.id}; Path=/; HttpOnly; SameSite=Lax` };
  }
}
