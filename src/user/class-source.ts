/**
 * The keys of a class's tasks in the order its source declares them. Decorators are applied methods first and fields
 * last, and a `tasks` list leaves no trace of its place, so the order is read from the class's text. What is not found
 * there (a compiler moved it) keeps its place: lists first, then methods, then fields.
 */
export function memberOrder({
  ownerClass,
  keys,
  list,
}: {
  ownerClass: object;
  keys: readonly string[];
  list: string;
}): readonly string[] {
  const isListed = (key: string) => key.startsWith(`${list}[`);
  const mixed = keys.some(isListed) || keys.some((key) => key.startsWith("static "));
  if (!mixed && keys.length < 2) return keys;
  const nameOf = (key: string) => (isListed(key) ? list : key.replace(/^static /, ""));
  const places = memberPlaces(Function.prototype.toString.call(ownerClass));
  if (keys.some((key) => !places.has(nameOf(key)))) return keys;
  const placeOf = (key: string) => places.get(nameOf(key)) ?? 0;
  return keys.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/** Where each member of a class's text begins: the words that stand directly in its body, at the start of a member. */
function memberPlaces(source: string): Map<string, number> {
  const places = new Map<string, number>();
  const token =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*(?=\s*[.,;)\]}])|[\w$#]+|[{}()[\]=;]/g;
  let depth = 0;
  let word: { text: string; at: number } | undefined;
  let inValue = false;
  for (const { 0: text, index } of source.matchAll(token)) {
    if (text.startsWith("//") || text.startsWith("/*")) continue;
    if (text === "{" || text === "(" || text === "[") {
      if (depth === 1 && text === "(" && word && !inValue && !places.has(word.text)) places.set(word.text, word.at);
      // What stands before the body is no member: `class A extends (B = C) {`.
      if (depth === 0 && text === "{") inValue = false;
      depth++;
      word = undefined;
    } else if (text === "}" || text === ")" || text === "]") {
      depth--;
      if (depth === 1 && text === "}" && !inValue) word = undefined;
    } else if (depth === 1) {
      if (text === ";") {
        inValue = false;
        word = undefined;
      } else if (text === "=") {
        if (word && !inValue && !places.has(word.text)) places.set(word.text, word.at);
        inValue = true;
      } else if (/^[\w$]/.test(text)) {
        word = { text, at: index };
      }
    }
  }
  return places;
}
