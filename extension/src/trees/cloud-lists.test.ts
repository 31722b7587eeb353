import { describe, expect, it } from "vitest";
import { listRows, questionArguments } from "./cloud-lists.ts";
import type { CloudQuestion } from "./cloud-rows.ts";

const more = (count: number) => `${count} more`;
const rows = (question: CloudQuestion, answer: unknown) => listRows(question, answer, more);

describe("lists in the tree of the cloud", () => {
  it("are asked for by region, once somebody opens it", () => {
    expect(questionArguments({ of: "images" }).slice(0, 2)).toEqual(["list", "regions"]);
    const [first] = rows({ of: "images" }, { rows: [{ region: "cn-beijing" }] });
    expect(first).toMatchObject({ label: "cn-beijing", question: { of: "images-in", region: "cn-beijing" } });
    expect(first?.question && questionArguments(first.question)).toEqual([
      ..."list images --region cn-beijing --cloud alibaba --json".split(" "),
    ]);
    expect(questionArguments({ of: "objects-in", bucket: "b", region: "cn-beijing" })).toEqual(
      "list objects b --region cn-beijing --cloud alibaba --json".split(" "),
    );
  });

  it("tell an image by its name, with the id that can be copied", () => {
    const image = {
      imageId: "m-1",
      name: "web-01",
      status: "Available",
      sizeBytes: 1024 ** 3,
      createdAt: "2026",
    };
    const nameless = { imageId: "m-2", name: "", status: "Creating" };
    expect(rows({ of: "images-in", region: "r" }, { rows: [image, nameless] })).toEqual([
      {
        label: "web-01",
        description: "m-1 · Available · 1 GiB",
        icon: "package",
        tooltip: "m-1\n2026",
        copies: "m-1",
      },
      { label: "m-2", description: "Creating", icon: "package", tooltip: "m-2", copies: "m-2" },
    ]);
  });

  it("put buckets below their regions, each with its objects to be asked for", () => {
    const buckets = [
      { name: "b", region: "cn-shanghai", storageClass: "Standard" },
      { name: "a", region: "cn-beijing", storageClass: "IA" },
    ];
    expect(
      rows({ of: "buckets" }, { rows: buckets }).map(({ label, rows: below }) => [
        label,
        below?.map(({ copies, question }) => [copies, question]),
      ]),
    ).toEqual([
      ["cn-beijing", [["a", { of: "objects-in", bucket: "a", region: "cn-beijing" }]]],
      ["cn-shanghai", [["b", { of: "objects-in", bucket: "b", region: "cn-shanghai" }]]],
    ]);
  });

  it("tell a region that could not be looked into beside what was found", () => {
    const missed = [{ region: "us-west-1", code: "CLOUD_PERMISSION_DENIED", message: "m" }];
    expect(rows({ of: "images-in", region: "r" }, { rows: [], missed })).toEqual([
      {
        label: "us-west-1",
        description: "CLOUD_PERMISSION_DENIED",
        icon: "error",
        tooltip: "m",
        code: "CLOUD_PERMISSION_DENIED",
      },
    ]);
  });

  it("end where nobody looks any further, and bear answers of another form", () => {
    const objects = Array.from({ length: 503 }, (_, index) => ({ key: `k${index}`, sizeBytes: 1 }));
    const shown = rows({ of: "objects-in", bucket: "b", region: "r" }, { rows: objects });
    expect(shown).toHaveLength(501);
    expect(shown.at(-1)?.label).toBe("3 more");
    for (const wrong of [null, 3, {}, { rows: "x", missed: {} }, { rows: [null], missed: [null] }]) {
      expect(() => rows({ of: "buckets" }, wrong)).not.toThrow();
    }
  });
});
