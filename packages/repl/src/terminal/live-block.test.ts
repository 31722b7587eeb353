import { describe, expect, it } from "vitest";
import { RememberingStream } from "../testing/fake-output.ts";
import { createLiveBlock } from "./live-block.ts";
import type { OutputStream } from "./output.ts";

function block(size: { columns: number; rows: number }, reflows = true) {
  const stream = new RememberingStream({ columns: size.columns });
  const options = { columns: () => size.columns, rows: () => size.rows, reflows };
  const made = createLiveBlock(stream as OutputStream, options);
  const readable = () =>
    stream.text
      .replaceAll("\u001b", "ESC")
      .replace(/ESC\[\?2026[hl]/g, "")
      .replaceAll("ESC[2KESC[1BESC[JESC[1A", "CLEAR");
  return { made, written: readable };
}

describe("a block that is drawn anew", () => {
  it("hides the cursor, moves up over what was drawn, and gives the terminal back", () => {
    const { made, written } = block({ columns: 80, rows: 24 });
    made.draw(["one", "two"]);
    made.draw(["one", "two"]);
    made.draw(["three"]);
    made.end();
    made.end();
    expect(written()).toBe("ESC[?25lone\ntwo\n\rESC[2ACLEARthree\n\rESC[1ACLEARESC[?25h");
  });

  it("counts rows by the width of now where lines are broken anew, colours left out", () => {
    const size = { columns: 80, rows: 24 };
    const narrowed = (reflows: boolean) => {
      size.columns = 80;
      const { made, written } = block(size, reflows);
      made.draw([`\u001b[32m${"a".repeat(50)}\u001b[39m`, "b"]);
      size.columns = 20;
      made.clear();
      return written();
    };
    expect(narrowed(true)).toContain("\rESC[4ACLEAR");
    expect(narrowed(false)).toContain("\rESC[2ACLEAR");
  });

  it("is no higher than the terminal, whose last lines it keeps", () => {
    const { made, written } = block({ columns: 80, rows: 3 });
    made.draw(["one", "two", "three"]);
    made.clear();
    expect(written()).toBe("ESC[?25ltwo\nthree\n\rESC[2ACLEAR");
  });

  it("writes nothing where nothing was drawn", () => {
    const { made, written } = block({ columns: 80, rows: 24 });
    made.clear();
    made.end();
    expect(written()).toBe("");
  });
});
