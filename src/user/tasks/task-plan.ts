import { GateError } from "../../base/errors.ts";
import { hasBrand, isUserClass, taskSetBrand } from "../brand.ts";
import { memberOrder } from "../class-source.ts";
import { type ClassDeclarations, declarationsOf, type MemberDeclaration, memberKey } from "../declarations.ts";
import { checkTaskWeight, type Task, type TaskList } from "../task.ts";
import { assigns } from "../user-class.ts";

type Invoke = (owner: object) => unknown;
type AnyClass = (abstract new (parent: never) => object) & { readonly [taskSetBrand]?: TaskPlan["order"] };
type MakesSet = new (parent: never) => object;

/** One task of a plan. */
export interface TaskEntry {
  readonly name: string;
  readonly weight: number;
  /** Its own, and those of the sets and the class it stands in. */
  readonly tags: ReadonlySet<string>;
  /** If it is a task set: its plan. */
  readonly set: TaskPlan | undefined;
  /** If it is not: runs it on its user or task set. */
  readonly invoke: Invoke;
  /** Equal weights only: the set whose instance it runs on, though its user never enters that set. */
  readonly home?: TaskPlan | undefined;
  readonly transitions: ReadonlyMap<string, number>;
}

/** The tasks of a user class or task-set class, read once. */
export interface TaskPlan {
  readonly name: string;
  readonly ownerClass: AnyClass;
  readonly order: "random" | "sequence" | "markov";
  readonly entries: readonly TaskEntry[];
  /** What is odd though not wrong. */
  readonly warnings: readonly string[];
}

/** Reads plans; `specimen` gives an instance to read fields from, and is asked only where there may be some. */
export interface PlanSource {
  readonly ownerClass: AnyClass;
  readonly specimen: () => object;
  /** Tags of the sets around. */
  readonly tags?: ReadonlySet<string>;
  /** What to call it; default: the class's name, which compilers are free to change within a class. */
  readonly name?: string;
  /** The classes around, to find a set that holds itself. */
  readonly within?: readonly AnyClass[];
}

/**
 * The plan of one class: the tasks of its bases first, then its own: what `tasks` lists, then what `@task` marks, in
 * order of declaration. A member that overrides one of a base takes its place. In ordered sets `tasks` stands where
 * it is written among the methods.
 */
export function readPlan(source: PlanSource): TaskPlan {
  const { ownerClass } = source;
  const within = source.within ?? [];
  if (within.includes(ownerClass)) {
    throw new GateError(
      "locustfile-task",
      `${ownerClass.name} is a task of itself: ${[...within, ownerClass].map((c) => c.name).join(" › ")}`,
    );
  }
  const chain = chainOf(ownerClass);
  const tags = new Set(source.tags);
  for (const link of chain) for (const name of declarationsOf(link)?.tags ?? []) tags.add(name);
  const order = isUserClass(ownerClass) ? "random" : (ownerClass[taskSetBrand] ?? "random");
  // A Markov set cannot lose a task, so tags from around it do not reach its tasks.
  const reader = new PlanReader(source, order === "markov" ? new Set() : tags, [...within, ownerClass]);
  const needsSpecimen =
    assigns(ownerClass, /^tasks$/) ||
    chain.some((link) =>
      declarationsOf(link)
        ?.members.values()
        .some((m) => m.kind === "value" && !m.isStatic),
    );
  const specimen = needsSpecimen ? (source.specimen() as Record<string, unknown>) : undefined;
  const entries = new Map<string, TaskEntry>();
  for (const link of chain) {
    const own = new Map<string, TaskEntry>();
    if (Object.hasOwn(link, "tasks"))
      reader.list({ list: (link as { tasks?: unknown }).tasks, label: link.name, into: own });
    if (link === ownerClass && specimen && Object.hasOwn(specimen, "tasks")) {
      reader.list({ list: specimen.tasks, label: link.name, into: own, perInstance: true });
    }
    const declarations = declarationsOf(link);
    if (declarations) reader.members({ declarations, specimen, into: own });
    const ordered =
      order === "random" ? own.keys() : memberOrder({ ownerClass: link, keys: [...own.keys()], list: "tasks" });
    for (const key of ordered)
      entries.set(key.startsWith("tasks[") ? `${link.name} ${key}` : key, own.get(key) as TaskEntry);
  }
  return {
    name: source.name ?? ownerClass.name,
    ownerClass,
    order,
    entries: [...entries.values()],
    warnings: reader.warnings,
  };
}

/** The class and its bases, the furthest first. */
function chainOf(ownerClass: object): AnyClass[] {
  const chain: AnyClass[] = [];
  for (let c: unknown = ownerClass; typeof c === "function" && c !== Function.prototype; c = Object.getPrototypeOf(c)) {
    chain.unshift(c as unknown as AnyClass);
  }
  return chain;
}

class PlanReader {
  readonly warnings: string[] = [];
  readonly #source: PlanSource;
  readonly #tags: ReadonlySet<string>;
  readonly #within: readonly AnyClass[];

  constructor(source: PlanSource, tags: ReadonlySet<string>, within: readonly AnyClass[]) {
    this.#source = source;
    this.#tags = tags;
    this.#within = within;
  }

  /** `tasks = …`. Functions of an instance's own list are looked up there again, for they may close over `this`. */
  list({
    list,
    label,
    into,
    perInstance,
  }: {
    list: unknown;
    label: string;
    into: Map<string, TaskEntry>;
    perInstance?: boolean;
  }): void {
    const items = itemsOf(list);
    if (!items) {
      throw new GateError("locustfile-task", `${label}.tasks must be a list, a Map, a function or a TaskSet class`, {
        hint: "tasks = [browse, buy]  or  tasks = [[browse, 3], [buy, 1]]",
      });
    }
    for (const [at, [item, weight]] of items.entries()) {
      const place = `${label}.tasks[${at}]`;
      if (typeof item !== "function" || isUserClass(item)) {
        throw new GateError(
          "locustfile-task",
          `${place} is ${describe(item)}: a task is a function or a TaskSet class`,
          {
            hint: item === undefined ? "it may be used before it is defined, or its name misspelt" : "leave it out",
          },
        );
      }
      const marks = declarationsOf(item);
      const name = item.name || `task ${at + 1}`;
      const fixed: Invoke = (owner) => (item as (this: object, owner: object) => unknown).call(owner, owner);
      const invoke: Invoke = perInstance ? (owner) => listed(owner, at, fixed)(owner) : fixed;
      const entry = { name, weight: checkTaskWeight(weight ?? marks?.weight ?? 1, place), value: item as Task, invoke };
      into.set(
        `tasks[${at}] ${perInstance ? "own" : "static"}`,
        this.#entry({ ...entry, tags: marks?.tags, transitions: undefined }),
      );
    }
  }

  /** What decorators marked, in the order they did; methods before fields, whatever the compiler made of it. */
  members({
    declarations,
    specimen,
    into,
  }: {
    declarations: ClassDeclarations;
    specimen: Record<string, unknown> | undefined;
    into: Map<string, TaskEntry>;
  }): void {
    const rank = (m: MemberDeclaration) => (m.kind === "method" ? 0 : m.isStatic ? 1 : 2);
    for (const declaration of declarations.members
      .values()
      .toArray()
      .sort((a, b) => rank(a) - rank(b))) {
      const { name, isStatic, privateMethod, tags, transitions } = declaration;
      const weight = declaration.weight ?? (transitions.size > 0 ? 1 : undefined);
      if (weight === undefined) continue;
      const ownerClass = this.#source.ownerClass as unknown as Record<string, unknown> & {
        prototype: Record<string, unknown>;
      };
      if (name === "onStart" || name === "onStop") {
        this.warnings.push(
          `${ownerClass.name}.${name} is marked as a task; it also runs by itself when a user starts or stops`,
        );
      }
      const holder = isStatic ? ownerClass : (specimen ?? ownerClass.prototype);
      const value = privateMethod ?? holder[name];
      if (typeof value !== "function") {
        throw new GateError(
          "locustfile-task",
          `${ownerClass.name}.${name} is marked as a task and is ${describe(value)}`,
          {
            hint: "@task goes before a method, or a field that holds a TaskSet class",
          },
        );
      }
      const fixed: Invoke = (owner) => (value as (this: object, owner: object) => unknown).call(owner, owner);
      const named: Invoke = (owner) => (owner as Record<string, (owner: object) => unknown>)[name]?.(owner);
      const invoke = privateMethod || isStatic ? fixed : named;
      into.set(
        memberKey({ name, isStatic }),
        this.#entry({
          name: privateMethod ? `#${name.replace(/^#/, "")}` : name,
          weight,
          value: value as Task,
          invoke,
          tags,
          transitions,
          isMember: true,
        }),
      );
    }
  }

  #entry(made: {
    name: string;
    weight: number;
    value: Task;
    invoke: Invoke;
    tags: ReadonlySet<string> | undefined;
    transitions: ReadonlyMap<string, number> | undefined;
    isMember?: boolean;
  }): TaskEntry {
    const { name, weight, value, invoke } = made;
    const tags = made.tags?.size ? this.#tags.union(made.tags) : this.#tags;
    const transitions = made.transitions ?? new Map<string, number>();
    if (!hasBrand(value, taskSetBrand)) return { name, weight, tags, set: undefined, invoke, transitions };
    const setClass = value as unknown as AnyClass & MakesSet;
    const setName = made.isMember ? name : setClass.name || name;
    const set = readPlan({
      ownerClass: setClass,
      name: setName,
      specimen: () => new (setClass as MakesSet)(this.#source.specimen() as never),
      tags,
      within: this.#within,
    });
    this.warnings.push(...set.warnings);
    return { name: setName, weight, tags, set, invoke, transitions };
  }
}

/** An entry for a task scheduled by hand: a function, a method of the owner, or a TaskSet class. */
export function entryOf(task: Task, { plan, owner }: { plan: TaskPlan; owner: object }): TaskEntry {
  const set = hasBrand(task, taskSetBrand)
    ? (plan.entries.find((entry) => entry.set?.ownerClass === (task as unknown))?.set ??
      readPlan({
        ownerClass: task as unknown as AnyClass,
        specimen: () => new (task as unknown as MakesSet)(owner as never),
      }))
    : undefined;
  const invoke: Invoke = (self) => (task as unknown as (this: object, owner: object) => unknown).call(self, self);
  return { name: task.name || "scheduled task", weight: 1, tags: new Set(), set, invoke, transitions: new Map() };
}

/** The function at one place of an instance's own `tasks`. */
function listed(owner: object, at: number, otherwise: Invoke): Invoke {
  const { tasks } = owner as { tasks?: unknown };
  const item: unknown = Array.isArray(tasks) ? tasks[at] : itemsOf(tasks)?.[at]?.[0];
  const found: unknown = Array.isArray(item) ? item[0] : item;
  return typeof found === "function"
    ? (o) => (found as (this: object, owner: object) => unknown).call(o, o)
    : otherwise;
}

function itemsOf(list: unknown): readonly (readonly [item: unknown, weight: unknown])[] | undefined {
  if (list === undefined || list === null) return [];
  if (typeof list === "function") return [[list, undefined]];
  if (list instanceof Map) return [...(list as Exclude<TaskList, readonly unknown[]>)];
  if (!Array.isArray(list)) return undefined;
  return list.map((item: unknown) => (Array.isArray(item) ? [item[0], item[1]] : [item, undefined]));
}

function describe(value: unknown): string {
  if (isUserClass(value)) return "a user class";
  return value === undefined || value === null ? String(value) : `a ${typeof value}`;
}
