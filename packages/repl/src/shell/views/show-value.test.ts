import { Migration } from "@sampan/sdk";
import { describe, expect, it } from "vitest";
import { textWidth } from "../../terminal/width.ts";
import { rememberingOutput } from "../../testing/fake-output.ts";
import { fittedTable } from "./fitted-table.ts";
import { createPager } from "./pager.ts";
import { showValue } from "./show-value.ts";
import { wrapText } from "./wrap.ts";

function shown(value: unknown): string {
  return showValue(value, rememberingOutput().output);
}

describe("showing values", () => {
  it("shows a plan as a table of its steps and says that nothing was done", () => {
    const text = shown(
      Migration.from("./web\u001b[2J.vmdk")
        .assess()
        .prepare({ skip: ["firewall"] }),
    );
    const lines = text.split("\n");
    expect(lines[0]).toBe("plan of ./web\uFFFD[2J.vmdk");
    expect(lines[2]).toMatch(/^1 {2}assess {3}.*Judges whether/);
    expect(lines[3]).toMatch(/^2 {2}prepare {2}skip: \["firewall"\] {2}Mends/);
    expect(lines.at(-1)).toBe("nothing was done → `.run()` to start, `.plan()` for detail");
  });

  it("shows lists of what Sampan knows as tables, and counts them", () => {
    expect(shown([{ name: "b", region: "cn-hangzhou", storageClass: "IA", createdAt: "" }])).toBe(
      "bucket  region       class  created\nb       cn-hangzhou  IA     –\n1 bucket",
    );
    expect(shown([{ offset: 0, length: 1024, kind: "hole" }])).toContain("hole  0          1024   1 KiB");
    const image = {
      imageId: "m-1",
      region: "cn-hangzhou",
      status: "Available",
      name: "a\u0007",
      sizeBytes: 2 ** 30,
    };
    expect(shown([image, image])).toMatch(
      /cn-hangzhou {2}m-1 {4}a\uFFFD {4}Available {2}1 GiB {2}–\n.*\n2 images$/,
    );
    const finding = {
      rule: "GUESTOS.Fstab",
      severity: "warning",
      message: "m",
      fixup: "fstab",
      accepted: null,
    };
    expect(shown([finding])).toContain("warning   GUESTOS.Fstab  fstab   m");
    expect(
      shown([{ runId: "2026", state: "failed", title: "h", stages: [{ state: "finished" }, {}] }]),
    ).toContain("2026  failed  1 of 2");
  });

  it("shows anything else as Node does, made safe, and waits for nothing", () => {
    expect(shown({ toString: 1, name: "a\u009bb" })).not.toContain("\u009b");
    expect(shown("a\u001b")).toBe('"a\\u001b"');
    expect(shown([])).toBe("[]");
    expect(shown([{ name: 1 }])).toBe("[ { name: 1 } ]");
    expect(shown(Promise.resolve(1))).toContain("await");
    expect(shown({ verdict: 1, findings: 2, guest: 3, target: 4 })).toContain("verdict: 1");
  });

  it("asks no getter that breaks", () => {
    const value = {
      get images(): never {
        throw new Error("no");
      },
    };
    expect(shown(value)).toContain("images");
  });
});

describe("a table", () => {
  it("is no wider than the screen, cutting what is widest", () => {
    const table = fittedTable(["a", "text"], [["short", "x".repeat(200)]], 40);
    expect(Math.max(...table.split("\n").map(textWidth))).toBeLessThanOrEqual(40);
    expect(table).toContain("short");
    expect(table).toContain("…");
  });
});

describe("a table on a screen that is too narrow for its columns", () => {
  it("gives each cell a line of its own, and breaks it at spaces", () => {
    const table = fittedTable(
      ["", "step", "options", "does"],
      [["1", "assess", "", "Judges whether the host can be migrated."]],
      19,
    );
    expect(table).toBe(
      "1\n  step     assess\n  options\n  does     Judges\n    whether the\n    host can be\n    migrated.",
    );
  });
});

describe("a text wrapped to the screen", () => {
  it("breaks at spaces and keeps what goes on below its line", () => {
    expect(wrapText("  one two three\nfour", 10)).toBe("  one two\n    three\nfour");
    expect(wrapText("unbreakableword", 5)).toBe("unbreakableword");
  });
});

describe("the pager", () => {
  it("shows a screen at a time until nothing is left", () => {
    const said: string[] = [];
    const pager = createPager(
      (text) => said.push(text),
      () => ({ rows: 9, columns: 80 }),
      (text) => said.push(text),
    );
    pager.show(Array.from({ length: 12 }, (_, line) => line).join("\n"));
    pager.more();
    pager.more();
    pager.more();
    expect(said).toEqual([
      "0\n1\n2\n3\n4",
      "… 7 more lines: `:more`",
      "5\n6\n7\n8\n9",
      "… 2 more lines: `:more`",
      "10\n11",
      "nothing more to show",
    ]);
  });

  it("counts what the terminal breaks into several lines", () => {
    const said: string[] = [];
    const pager = createPager(
      (text) => said.push(text),
      () => ({ rows: 9, columns: 10 }),
      (text) => said.push(text),
    );
    pager.show(["one", "x".repeat(25), "\u001b[2mtwo\u001b[22m", "three"].join("\n"));
    expect(said).toHaveLength(1);
    pager.show(["one", "x".repeat(35), "two", "three"].join("\n"));
    expect(said.at(-1)).toBe("… 2 more: `:more`");
  });
});
