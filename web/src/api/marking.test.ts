import { describe, expect, it } from "vitest";

import { combine, markings, parse, print } from "./marking";

const SOME = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED", "TLP:CLEAR//EXERCISE", "TLP:AMBER//REL A, B", "TLP:AMBER//REL B, C", "NOFORN"];

describe("a marking", () => {
  it("is printed as it was read", () => {
    for (const text of ["TLP:CLEAR", "TLP:AMBER+STRICT//EXERCISE", "TLP:AMBER//HUMINT//REL FIU-A, FIU-B"]) expect(print(parse(text))).toBe(text);
  });

  it("that nobody knows is shut, and its word is kept", () => {
    expect(combine(["NOFORN"])).toBe("TLP:RED//NOFORN");
  });
});

describe("what is shown together", () => {
  it("bears the narrowest circle, every caveat, and the organisations that may have all of it", () => {
    expect(combine(["TLP:CLEAR", "TLP:AMBER+STRICT", "TLP:CLEAR//EXERCISE"])).toBe("TLP:AMBER+STRICT//EXERCISE");
    expect(combine(["TLP:AMBER//REL A, B", "TLP:AMBER//REL B, C"])).toBe("TLP:AMBER//REL B");
    expect(combine(["TLP:AMBER//REL A", "TLP:AMBER//REL C"])).toBe("TLP:AMBER//REL (none)");
    expect(combine([])).toBeNull();
  });

  it("does not depend on order, and is never wider than a part of it", () => {
    const circles = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"];
    for (const a of SOME) {
      for (const b of SOME) {
        expect(combine([a, b])).toBe(combine([b, a]));
        const joint = parse(combine([a, b]) ?? "");
        expect(circles.indexOf(joint.tlp)).toBeGreaterThanOrEqual(Math.max(circles.indexOf(parse(a).tlp), circles.indexOf(parse(b).tlp)));
        for (const caveat of [...parse(a).caveats, ...parse(b).caveats]) expect(joint.caveats).toContain(caveat);
      }
    }
  });
});

it("markings are found however deep they lie, also where several are joined", () => {
  const answer = { handling: "TLP:CLEAR", rows: [{ deep: { handling: "TLP:RED · TLP:CLEAR//EXERCISE" } }, null, 3], text: "TLP:GREEN" };
  expect([...markings(answer)].sort()).toEqual(["TLP:CLEAR", "TLP:CLEAR//EXERCISE", "TLP:RED"]);
});
