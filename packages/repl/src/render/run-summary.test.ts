import { describe, expect, it } from "vitest";
import { eventsOf, started } from "../testing/events.ts";
import { closingLines, resultTable } from "./run-summary.ts";
import { emptyRunView, foldEvent } from "./run-view.ts";

const image = {
  region: "cn-hangzhou",
  imageId: "m-bp1abc",
  name: "web-01",
  status: "Available",
  sizeBytes: 40 * 1024 ** 3,
};

describe("the table at the end of a run", () => {
  it("lists the images", () => {
    expect(
      resultTable(
        { images: [image, { ...image, region: "cn-shanghai", imageId: "m-uf6xyz" }] },
        { borders: false },
      ),
    ).toBe(
      [
        "region       image     name    status     size",
        "cn-hangzhou  m-bp1abc  web-01  Available  40 GiB",
        "cn-shanghai  m-uf6xyz  web-01  Available  40 GiB",
      ].join("\n"),
    );
  });

  it("has borders on a terminal", () => {
    expect(resultTable({ images: [image] }, { borders: true })).toBe(
      [
        "┌─────────────┬──────────┬────────┬───────────┬────────┐",
        "│ region      │ image    │ name   │ status    │ size   │",
        "├─────────────┼──────────┼────────┼───────────┼────────┤",
        "│ cn-hangzhou │ m-bp1abc │ web-01 │ Available │ 40 GiB │",
        "└─────────────┴──────────┴────────┴───────────┴────────┘",
      ].join("\n"),
    );
  });

  it("loses its borders where the terminal is narrower, and has lines in place of columns where that is too wide too", () => {
    const wide = resultTable({ images: [image] }, { borders: true, columns: 50 });
    expect(wide).toBe(
      [
        "region       image     name    status     size",
        "cn-hangzhou  m-bp1abc  web-01  Available  40 GiB",
      ].join("\n"),
    );
    expect(resultTable({ images: [image] }, { borders: true, columns: 40 })).toBe(
      [
        "cn-hangzhou",
        "  image   m-bp1abc",
        "  name    web-01",
        "  status  Available",
        "  size    40 GiB",
      ].join("\n"),
    );
  });

  it("lists the objects, the encoded disks or the disks of a run that ended earlier", () => {
    const stored = {
      disk: "sda",
      bucket: "web",
      key: "a.vhd",
      region: "cn-hangzhou",
      sizeBytes: 1024,
      crc64: null,
    };
    expect(resultTable({ objects: [stored] }, { borders: false })).toContain("oss://web/a.vhd");
    const encoded = { disk: "sda", format: "vhd", sizeBytes: 2048, virtualSizeBytes: 4096 };
    expect(resultTable({ encoded: [encoded] }, { borders: false })).toContain("2 KiB");
    expect(
      resultTable({ disks: [{ name: "sda", sizeBytes: 4096, dataBytes: 512 }] }, { borders: false }),
    ).toContain("512 B");
    expect(resultTable({}, { borders: false })).toBeNull();
  });

  it("makes names from elsewhere safe", () => {
    expect(resultTable({ images: [{ ...image, name: "a\u001b[31m" }] }, { borders: false })).not.toContain(
      "\u001b",
    );
  });
});

describe("the last lines", () => {
  it("name each thing left by id, name and region, without what was removed again, and count those beyond ten", () => {
    const images = Array.from({ length: 13 }, (_, index) => ({
      kind: "image" as const,
      id: `m-${index}`,
      name: "web-01",
      region: "cn-shanghai",
      billed: true,
    }));
    const view = eventsOf([
      [0, started],
      ...images.map((resource) => [1, { type: "resource.created", stage: "copy:x", resource }] as const),
      [2, { type: "resource.removed", stage: "copy:x", id: "m-0" }],
      [3, { type: "run.cancelled", reason: "by Ctrl+C" }],
    ]).reduce(foldEvent, emptyRunView);
    const lines = closingLines(view);
    expect(lines[0]).toBe("left in the simulator: image m-1 (web-01) in cn-shanghai");
    expect(lines[10]).toBe("left in the simulator: 2 more, all in the last event of the journal");
  });

  it("say what a run that failed left behind, and where its journal lies", () => {
    const resource = {
      kind: "upload" as const,
      id: "oss://web/a.vhd",
      name: null,
      region: "cn-hangzhou",
      billed: true,
    };
    const view = eventsOf([
      [0, started],
      [1, { type: "resource.created", stage: "upload", resource }],
      [2, { type: "run.cancelled", reason: "by Ctrl+C" }],
    ]).reduce(foldEvent, emptyRunView);
    expect(closingLines(view)).toEqual([
      "left in the simulator: upload oss://web/a.vhd in cn-hangzhou",
      "to use it: go on with the run; to delete it: sampan gc 20261123-120000-abcde",
      "journal: /plans/.sampan/runs/20261123-120000-abcde",
    ]);
  });
});
