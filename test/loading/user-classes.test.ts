import { expect, test } from "vitest";
import { GateError } from "../../src/base/errors.ts";
import { selectUserClasses } from "../../src/loading/user-classes.ts";

class Buyer {}
class Visitor {}

test("no names means every class; names choose, in the order of the locustfile", () => {
  expect(selectUserClasses([Buyer, Visitor], [])).toEqual([Buyer, Visitor]);
  expect(selectUserClasses([Buyer, Visitor], ["Visitor", "Buyer"])).toEqual([Buyer, Visitor]);
  expect(selectUserClasses([Buyer, Visitor], ["Visitor"])).toEqual([Visitor]);
});

test("an unknown name is answered with the nearest", () => {
  const choose = () => selectUserClasses([Buyer, Visitor], ["Visiter"]);
  expect(choose).toThrow(GateError);
  expect(choose).toThrow(expect.objectContaining({ code: "unknown-user-class", exitCode: 2 }));
  expect(choose).toThrow(expect.objectContaining({ hint: expect.stringContaining("Did you mean Visitor?") }));
});
