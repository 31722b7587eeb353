import { describe, expect, it } from "vitest";
import { readXml, writeXml, xmlList, xmlText } from "./xml.ts";

describe("documents of requests", () => {
  it("keep the blanks around a key and drop those of the layout", () => {
    const root = readXml(
      "<Delete>\n  <Quiet> true\n</Quiet>\n <Object>\n <Key> a b \n</Key> </Object></Delete>",
      "Delete",
    );
    expect(xmlText(root, "Quiet")).toBe("true");
    expect(xmlList(root, "Object")).toEqual([{ Key: " a b \n" }]);
    expect(Object.keys(root)).toEqual(["Quiet", "Object"]);
  });

  it("read the five entities and references, once", () => {
    const key = "&lt;&amp;lt;&gt;&quot;&apos;&#39;&#x4e2d;&#128190;";
    expect(readXml(`<D><Key>${key}</Key></D>`, "D").Key).toBe("<&lt;>\"''中💾");
  });

  it("hold control characters as they are", () => {
    expect(readXml("<D><Key>\u0001\n\f\u0007</Key></D>", "D").Key).toBe("\u0001\n\f\u0007");
    expect(writeXml("D", { Key: "\u0001<&>" })).toContain("<Key>\u0001&lt;&amp;&gt;</Key>");
  });
});
