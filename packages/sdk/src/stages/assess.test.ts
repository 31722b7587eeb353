import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "@sampan/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Migration } from "../fluent/migration.ts";
import { readJournal } from "../run/journal.ts";
import { runFolder } from "../run/run-store.ts";

let home: string;
let image: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sampan-assess-"));
  image = join(home, "data.raw");
  const disk = new Uint8Array(1024 * 1024);
  disk.set([0x55, 0xaa], 510);
  disk.set([0x80, 0, 0, 0, 0x83, 0, 0, 0, 1, 0, 0, 0, 0xff, 7, 0, 0], 446);
  writeFileSync(image, disk);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const id = "GUESTOS.SystemImage";

function findingsIn(events: readonly RunEvent[]) {
  return events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));
}

describe("an assessment in a run", () => {
  it("ends the run at a blocker that nobody accepted", async () => {
    await expect(Migration.from(image).assess().run({ home })).rejects.toMatchObject({
      code: "GUEST_NONE",
      details: { rules: [id] },
    });
  });

  it("goes on past a blocker that is accepted by id, and keeps the reason in the journal and the result", async () => {
    const reason = "booted by hand in a test of 25 November";
    const result = await Migration.from(image)
      .assess({ accept: { [id]: reason } })
      .run({ home });
    expect(result.findings).toContainEqual(expect.objectContaining({ rule: id, accepted: reason }));
    const kept = findingsIn(readJournal(runFolder(home, result.runId)));
    expect(kept).toContainEqual(expect.objectContaining({ rule: id, severity: "blocker", accepted: reason }));
    expect(kept.filter((finding) => finding.rule !== id && finding.accepted !== null)).toEqual([]);
  });

  it("judges what the plan will send: QCOW2 is not the whitepaper's", async () => {
    const accept = { [id]: "a disk of a test" };
    const profile = "whitepaper-2017";
    const sent = Migration.from(image).assess({ profile, accept }).capture().toQcow2();
    await expect(sent.run({ home })).rejects.toMatchObject({ details: { rules: ["SAMPAN.ImageFormat"] } });
    const result = await Migration.from(image).assess({ profile, accept }).capture().toVhd().run({ home });
    expect(result.findings.map((finding) => finding.rule)).toEqual([id]);
  });
});
