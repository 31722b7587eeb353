import { catalogue, starts } from "@sampan/sdk/catalogue";
import { describe, expect, it } from "vitest";
import { callHint } from "./call-hint.ts";

const { upload, launch } = catalogue;
const hint = (text: string): string | undefined =>
  callHint(text, (name) => (name === "Migration" ? { kind: "migration" } : undefined));

describe("the hint at how a call is written", () => {
  it("stays wherever one is in its brackets", () => {
    const typed = 'y.upload("web", { createBucket';
    for (let length = "y.upload(".length; length <= typed.length; length++)
      expect(hint(typed.slice(0, length)), typed.slice(0, length)).toBe(upload.signature);
    expect(hint('y.upload("web", x + (1')).toBe(upload.signature);
    expect(hint("y.upload(a => { if")).toBe(upload.signature);
    expect(hint('Migration.from("./a')).toBe(starts.from.signature);
  });

  it("is about an option while its value is typed, and then about the call again", () => {
    const ofOption = hint("y.launch({ zone: ");
    expect(ofOption).toBe("Only this zone. Default: any that has the type.");
    expect(hint('y.launch({ zone: "cn-x')).toBe(ofOption);
    expect(hint('y.launch({ zone: "cn-x", ')).toBe(launch.signature);
  });

  it("is there for queries, and gone outside of calls and in those of others", () => {
    expect(hint("images(")).toBe("images(...regions?)");
    for (const text of ["", "y.upload", "y.upload(a)", "f(", "y.upload(f(", "x.images(", "constructor(", "("])
      expect(hint(text), text).toBeUndefined();
  });

  it("knows what a name of the session stands for", () => {
    expect(callHint("x.upload(", () => ({ kind: "value", value: {} }))).toBeUndefined();
    expect(callHint("M.from(", () => ({ kind: "migration" }))).toBe(starts.from.signature);
  });
});
