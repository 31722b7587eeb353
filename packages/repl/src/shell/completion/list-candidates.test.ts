import { describe, expect, it } from "vitest";
import { textWidth } from "../../terminal/width.ts";
import { completionWorld, tab } from "../../testing/completion-world.ts";
import { listCandidates } from "./list-candidates.ts";

const world = completionWorld({ 名前が長い変数: 1, 名前が短い: 2 });
const screen = (columns: number, mostLines = 24) => ({
  columns,
  mostLines,
  unicode: true,
  faint: (text: string) => text,
});

describe("the list of candidates", () => {
  it.each([20, 40, 80, 200])("fits %d columns", (columns) => {
    for (const marked of [
      'Migration.from("a").|',
      "x.launch({ |",
      'x.copyTo("|',
      "|",
      "名前|",
      ":|",
      'x.import({ platform: "|',
    ]) {
      const lines = listCandidates(tab(marked, world), screen(columns));
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.length).toBeLessThanOrEqual(24);
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  it("says what each stands for where there is room, and names alone where there is none", () => {
    const completion = tab('Migration.from("ecs://cn-hangzhou/i-1").s|', world);
    expect(listCandidates(completion, screen(80))).toEqual([
      "snapshot   Takes snapshots of the instance's disks, all at once, and waits unti…",
      "subscribe  Starts the plan and hands over its events; unsubscribing cancels it.",
    ]);
    expect(listCandidates(completion, screen(20))).toEqual(["snapshot   subscribe"]);
    expect(listCandidates(tab('x.import({ platform: "Windows|', world), screen(60)).slice(1, 3)).toEqual([
      "Windows Server 2022  Windows Server 2019",
      "Windows Server 2016  Windows Server 2012",
    ]);
  });

  it("says how many it leaves out", () => {
    const lines = listCandidates(tab('x.copyTo("|', world), screen(80, 6));
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)).toBe("… 20 more");
  });

  it("makes foreign names safe for a terminal", () => {
    const candidates = [{ value: "a\u001b[2J", summary: "\u009b31m\nb" }];
    const lines = listCandidates(
      { candidates, hint: undefined, note: "\u0007", match: "prefix" },
      screen(80),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point.
    expect(lines.join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });
});
