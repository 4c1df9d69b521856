/**
 * Everything a locustfile may import. Locust's words in camelCase with Locust's meaning; wait times are seconds,
 * response times milliseconds.
 */

import "./door/refuse-old-node.ts";

export type { HttpResponse, StreamedResponse } from "./http/answer/response.ts";
export type { HttpClient } from "./http/client/client.ts";
export { FastHttpUser, HttpUser } from "./http/http-user.ts";
export type { Auth, FilePart, RequestOptions } from "./http/request/options.ts";
export type { HttpSettings } from "./http/settings.ts";
export { WebSocketUser } from "./http/web-socket/web-socket-user.ts";
export type { Arm, Endpoint } from "./stats/endpoint.ts";
export type { Failure, FailureKind } from "./stats/failures.ts";
export type { Sample } from "./stats/sample.ts";
export type {
  ArgumentParser,
  Environment,
  Events,
  MessageListener,
  Runner,
  RunnerState,
  Stats,
  StatsView,
} from "./user/events/environment.ts";
export { EventHook, events, type Listener } from "./user/events/events.ts";
export {
  InterruptTaskSet,
  RescheduleTask,
  RescheduleTaskImmediately,
  StopTest,
  StopUser,
} from "./user/exceptions.ts";
export { runSingleUser, type SingleUserOptions } from "./user/run-single-user.ts";
export { doubleWave, type Stage, shapeOf, spike, stages, steps } from "./user/shapes/ready-shapes.ts";
export { LoadTestShape, type Tick } from "./user/shapes/shape.ts";
export { type TaskList, tag, task } from "./user/task.ts";
export { MarkovTaskSet, SequentialTaskSet, TaskSet } from "./user/tasks/task-set.ts";
export { transition, transitions } from "./user/tasks/transition.ts";
export { User } from "./user/user.ts";
export { between, constant, constantPacing, constantThroughput, type WaitTime } from "./user/waiting/wait-time.ts";
