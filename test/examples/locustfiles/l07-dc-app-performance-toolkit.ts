// After atlassian/dc-app-performance-toolkit: a TaskSet, weights that are percentages of a configuration, onStart,
// between(0, 0), the host from the configuration, requests in a module beside.
import { between, HttpUser, TaskSet, task } from "swarmgate";
import { signIn, viewBoard, viewDashboard, viewIssue } from "./l07-actions.ts";

const config = { host: "http://127.0.0.1:9", percentages: { viewIssue: 55, viewDashboard: 25, viewBoard: 20 } };

class JiraBehavior extends TaskSet<HttpUser> {
  override async onStart() {
    await signIn(this.user);
  }

  @task(config.percentages.viewIssue) async viewIssueAction() {
    await viewIssue(this.user);
  }

  @task(config.percentages.viewDashboard) async viewDashboardAction() {
    await viewDashboard(this.user);
  }

  @task(config.percentages.viewBoard) async viewBoardAction() {
    await viewBoard(this.user);
  }
}

export class JiraUser extends HttpUser {
  static override host = config.host;
  static override tasks = [JiraBehavior];
  override waitTime = between(0, 0);
}
