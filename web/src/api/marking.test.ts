import { describe, expect, it } from "vitest";

import { combine, markings, parse, print } from "./marking";

const SOME = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED", "TLP:CLEAR//EXERCISE", "TLP:AMBER//REL A, B", "TLP:AMBER//REL B, C", "NOFORN", "TLP:GREEN//ORCON A//ORIG A//REL A", "TLP:AMBER//ORIG A"];

describe("a marking", () => {
  it("is printed as it was read", () => {
    for (const text of [
      "TLP:AMBER//PAP:RED//DRAFT//COMPARTMENTS X, Y//ORCON A//ORIG A//REL \"B, C\"//READERS kim//PURPOSES aml//EXPIRES 2030-01-01//REVIEW BY 2029-01-01",
      'TLP:AMBER//REL "a//b"',
      "TLP:CLEAR", "TLP:AMBER+STRICT//EXERCISE", "TLP:AMBER//HUMINT//REL FIU-A, FIU-B"]) expect(print(parse(text))).toBe(text);
  });

  it("that nobody knows is shut, and its word is kept", () => {
    expect(combine(["NOFORN"])).toBe("TLP:RED//NOFORN");
  });
});

describe("what is shown together", () => {
  it("bears the narrowest circle, every caveat, and the organisations that may have all of it", () => {
    expect(combine(["TLP:CLEAR", "TLP:AMBER+STRICT", "TLP:CLEAR//EXERCISE"])).toBe("TLP:AMBER+STRICT//EXERCISE");
    expect(combine(["TLP:AMBER//REL A, B", "TLP:AMBER//REL B, C"])).toBe("TLP:AMBER//REL B");
    expect(combine(["TLP:AMBER//ORIG A", "TLP:AMBER//REL C"])).toBe("TLP:AMBER//FROM A//REL (none)");
    expect(combine([])).toBeNull();
  });

  it("names everyone who is inside where it is nobody's own, and all who must be asked", () => {
    expect(combine(["TLP:AMBER//ORIG A", "TLP:CLEAR"])).toBe("TLP:AMBER//ORIG A");
    expect(combine(["TLP:AMBER//ORIG A//REL B", "TLP:AMBER//ORIG B"])).toBe("TLP:AMBER//FROM A, B//REL B");
    expect(combine(["TLP:GREEN//ORCON A", "TLP:GREEN//ORCON B//EXPIRES 2030-01-01"])).toBe("TLP:GREEN//ORCON A, B//EXPIRES 2030-01-01");
    expect(combine(["TLP:CLEAR//PURPOSES aml", "TLP:CLEAR//PURPOSES tax"])).toBe("TLP:CLEAR//PURPOSES (none)");
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
