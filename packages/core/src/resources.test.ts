import { describe, expect, it } from "vitest";
import type { Resource, RunEvent } from "./events.ts";
import { foldResources } from "./resources.ts";

const base = { v: 1, runId: "r1", seq: 1, at: "2026-01-01T00:00:00.000Z", stage: "upload" } as const;
const created = (kind: Resource["kind"], id: string, name: string | null = null): RunEvent => ({
  ...base,
  type: "resource.created",
  resource: { kind, id, name, region: "cn-hangzhou", billed: true },
});
const ids = (...events: RunEvent[]) =>
  events.reduce<readonly Resource[]>(foldResources, []).map(({ id }) => id);

describe("what a run has left", () => {
  it("is what it made, each thing once, without what was removed again", () => {
    expect(ids(created("image", "m-1"), created("image", "m-1"), created("image", "m-2"))).toEqual([
      "m-1",
      "m-2",
    ]);
    expect(ids(created("image", "m-1"), { ...base, type: "resource.removed", id: "m-1" })).toEqual([]);
  });

  it("holds an upload only until its object is there", () => {
    const upload = created("upload", "U1", "oss://images/a.vhd");
    expect(ids(upload)).toEqual(["U1"]);
    expect(ids(upload, created("object", "oss://images/b.vhd"))).toEqual(["U1", "oss://images/b.vhd"]);
    expect(ids(upload, created("object", "oss://images/a.vhd"))).toEqual(["oss://images/a.vhd"]);
  });
});
