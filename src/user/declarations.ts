import { GateError } from "../base/errors.ts";

// Transpilers put a class's metadata under this key, and none of today's runtimes has it. Those that find it missing
// fall back to the registered symbol, so the registered one it must be. It runs before any locustfile's class does.
const withMetadata = Symbol as { metadata?: symbol };
if (withMetadata.metadata === undefined) {
  Object.defineProperty(Symbol, "metadata", { value: Symbol.for("Symbol.metadata"), configurable: true });
}

const declaredKey = Symbol.for("swarmgate.declared");

/** A list of where to go next: member names and their weights. */
type TransitionWeights = Map<string, number>;

/** What the decorators of one member said. */
export interface MemberDeclaration {
  readonly name: string;
  readonly isStatic: boolean;
  /** `value`: what only an instance (or the class, if static) can give: a field, a getter. */
  readonly kind: "method" | "value";
  /** Undefined if it is tagged but no task. */
  weight: number | undefined;
  readonly tags: Set<string>;
  /** Of a Markov task set's member. */
  readonly transitions: TransitionWeights;
  /** A private method, which no name leads to. */
  readonly privateMethod: ((...args: unknown[]) => unknown) | undefined;
}

/** What the decorators of one class and its own members said; bases keep their own. */
export interface ClassDeclarations {
  readonly members: Map<string, MemberDeclaration>;
  /** `@task(3) class …`: its weight where it stands in a list of tasks. */
  weight: number | undefined;
  readonly tags: Set<string>;
}

/** The decorated thing, whichever kind of decorators the file was compiled with. */
export type Declared =
  | { readonly on: "class"; readonly label: string; readonly declaration: ClassDeclarations }
  | { readonly on: "member"; readonly label: string; readonly declaration: MemberDeclaration };

/** What a decorator is called with, of either kind. */
export type DecoratorArguments = readonly [target: unknown, contextOrKey?: unknown, descriptor?: unknown];

interface StandardContext {
  readonly kind: string;
  readonly name: string | symbol | undefined;
  readonly static?: boolean;
  readonly private?: boolean;
  readonly metadata?: object;
}

function isStandardContext(value: unknown): value is StandardContext {
  return typeof value === "object" && value !== null && typeof (value as StandardContext).kind === "string";
}

/** The declarations written by the decorators of this very class; undefined if it has none. */
export function declarationsOf(owner: object): ClassDeclarations | undefined {
  return own(owner, declaredKey) ?? own(own(owner, metadataKey()), declaredKey);
}

function metadataKey(): symbol {
  return withMetadata.metadata ?? Symbol.for("Symbol.metadata");
}

function own<T>(holder: object | undefined, key: symbol): T | undefined {
  return holder !== undefined && Object.hasOwn(holder, key) ? (holder as Record<symbol, T>)[key] : undefined;
}

function declarationsIn(holder: object): ClassDeclarations {
  const known = own<ClassDeclarations>(holder, declaredKey);
  if (known) return known;
  const fresh: ClassDeclarations = { members: new Map(), weight: undefined, tags: new Set() };
  Object.defineProperty(holder, declaredKey, { value: fresh });
  return fresh;
}

/** Where a decorator named `@decorator` writes what it has to say, given what it was called with. */
export function declare(decorator: string, [target, contextOrKey, descriptor]: DecoratorArguments): Declared {
  if (isStandardContext(contextOrKey)) return declareStandard(decorator, target, contextOrKey);
  if (typeof contextOrKey === "string") {
    const isStatic = typeof target === "function";
    const holder = isStatic ? target : (target as { constructor: object }).constructor;
    const value = (descriptor as PropertyDescriptor | undefined)?.value ?? undefined;
    return member(declarationsIn(holder), {
      name: contextOrKey,
      isStatic,
      kind: typeof value === "function" ? "method" : "value",
      privateMethod: undefined,
    });
  }
  if (typeof target === "function" && contextOrKey === undefined) {
    return { on: "class", label: target.name || "a class without a name", declaration: declarationsIn(target) };
  }
  throw misplaced(decorator);
}

function declareStandard(decorator: string, target: unknown, context: StandardContext): Declared {
  if (!context.metadata) {
    throw new GateError(
      "locustfile-task",
      `@${decorator} needs decorator metadata, and this file was compiled without`,
      {
        hint: "compile it with the 2023-11 standard decorators or with experimentalDecorators, or write tasks = […]",
      },
    );
  }
  const declarations = declarationsIn(context.metadata);
  if (context.kind === "class") {
    return { on: "class", label: context.name?.toString() ?? "a class without a name", declaration: declarations };
  }
  if (context.kind === "setter" || typeof context.name !== "string") throw misplaced(decorator);
  const isMethod = context.kind === "method";
  return member(declarations, {
    name: context.name,
    isStatic: context.static === true,
    kind: isMethod ? "method" : "value",
    privateMethod:
      isMethod && context.private === true ? (target as MemberDeclaration["privateMethod"] & object) : undefined,
  });
}

function member(
  declarations: ClassDeclarations,
  { name, isStatic, kind, privateMethod }: Pick<MemberDeclaration, "name" | "isStatic" | "kind" | "privateMethod">,
): Declared {
  const key = memberKey({ name, isStatic });
  let declaration = declarations.members.get(key);
  if (!declaration) {
    const empty = { weight: undefined, tags: new Set<string>(), transitions: new Map<string, number>() };
    declaration = { name, isStatic, kind, privateMethod, ...empty };
    declarations.members.set(key, declaration);
  }
  return { on: "member", label: name, declaration };
}

/** A static and an instance member of one name are two things. */
export function memberKey({ name, isStatic }: { name: string; isStatic: boolean }): string {
  return isStatic ? `static ${name}` : name;
}

function misplaced(decorator: string): GateError {
  return new GateError("locustfile-task", `@${decorator} stands where no task can be`, {
    hint: `@${decorator} goes before a method, a class, or a field that holds a TaskSet class`,
  });
}
