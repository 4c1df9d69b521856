import { events, HttpUser, task } from "swarmgate";

events.initCommandLineParser.addListener(({ parser }) => {
  parser.addArgument("--search-words", { default: "lamp", envVar: "LOCUST_SEARCH_WORDS", help: "comma between them" });
  parser.addArgument("--page-size", { type: "int", default: 20, choices: [10, 20, 50] });
  parser.addArgument("--signed-in", { action: "store_true" });
});

interface Options {
  readonly searchWords: string;
  readonly pageSize: number;
  readonly signedIn: boolean;
}

export class Searcher extends HttpUser {
  readonly options = this.environment.parsedOptions as unknown as Options;

  override async onStart() {
    if (!this.options.signedIn) return;
    await this.client.post("/login", { form: { username: `searcher-${this.index}`, password: "secret" } });
  }

  @task async search() {
    const q = this.random.pick(this.options.searchWords.split(","));
    await this.client.get("/search", { params: { q, size: this.options.pageSize }, name: `/search?q=${q}` });
  }
}
