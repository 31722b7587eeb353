import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent, SampanError } from "@sampan/core";
import { virtualClock } from "@sampan/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EventLog } from "./event-log.ts";
import { journalName, makeRunFolder, openJournal, readJournal } from "./journal.ts";

let home: string;
let folder: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sampan-faults-"));
  folder = join(home, "runs", "r1");
  makeRunFolder(folder, home);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const event = (seq: number, message = `event ${seq}`): RunEvent => ({
  v: 1,
  runId: "r1",
  seq,
  at: new Date(seq * 1000).toISOString(),
  type: "log",
  stage: null,
  level: "info",
  message,
});

/** A disk that does what it is told, until it is told to fail at one call. */
function failingDisk() {
  const fault: { at: "write" | "datasync" | "truncate" | null; code: string; takesBytes: number } = {
    at: null,
    code: "EIO",
    takesBytes: 0,
  };
  const fail = (): never => {
    throw Object.assign(new Error(`${fault.code}: the disk failed`), { code: fault.code });
  };
  const openFile = (async (path: string, flags: number, mode: number) => {
    const file = await open(path, flags, mode);
    return {
      stat: () => file.stat(),
      close: () => file.close(),
      async truncate(length: number) {
        if (fault.at === "truncate") fail();
        await file.truncate(length);
      },
      async write(bytes: Buffer, offset: number, length: number, position: number) {
        if (fault.at === null || fault.at === "datasync") return file.write(bytes, offset, length, position);
        // What fits is taken, as a disk that becomes full does; the rest is refused.
        if (fault.takesBytes > 0) await file.write(bytes, offset, fault.takesBytes, position);
        return fail();
      },
      async datasync() {
        if (fault.at === "datasync") fail();
        await file.datasync();
      },
    } as unknown as FileHandle;
  }) as typeof open;
  return { fault, openFile };
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as SampanError,
  );

describe("a journal on a disk that fails", () => {
  it.each([
    ["write", "ENOSPC", "free space"],
    ["write", "EIO", "reports errors"],
    ["datasync", "EIO", "reports errors"],
    ["write", "EDQUOT", "quota"],
    ["write", "EROFS", "read-only"],
  ] as const)(
    "names what failed (%s, %s), and takes nothing any more, even once the disk works",
    async (at, code, hint) => {
      const { fault, openFile } = failingDisk();
      const journal = await openJournal(folder, openFile);
      await journal.append([event(1)]);
      Object.assign(fault, { at, code, takesBytes: 20 });
      const error = await refusal(journal.append([event(2), event(3)]));
      const path = join(folder, journalName);
      expect(error).toMatchObject({ code: "RUN_JOURNAL_FAILED", details: { errno: code, path } });
      expect(error?.message).toContain(code);
      expect(error?.hint).toContain(hint);
      expect(error?.hint).toContain("sampan resume");
      fault.at = null;
      expect(await refusal(journal.append([event(4)]))).toBe(error);
      await journal.close();
      expect(readJournal(folder)).toEqual([event(1)]);
    },
  );

  it("that does not even let go of what it took in part: the torn record is left out, and the next takes its place", async () => {
    const { fault, openFile } = failingDisk();
    const journal = await openJournal(folder, openFile);
    await journal.append([event(1)]);
    Object.assign(fault, { at: "truncate", code: "ENOSPC", takesBytes: 30 });
    expect(await refusal(journal.append([event(2, "x".repeat(500))]))).toMatchObject({
      details: { errno: "ENOSPC" },
    });
    await journal.close();
    expect(readFileSync(join(folder, journalName), "utf8")).toMatch(/\n\{.{29}$/);
    expect(readJournal(folder)).toEqual([event(1)]);
    const again = await openJournal(folder);
    await again.append([event(2, "short")]);
    await again.close();
    expect(readJournal(folder)).toEqual([event(1), event(2, "short")]);
  });

  it("that moves away, or is replaced, is noticed with the next record", async () => {
    const journal = await openJournal(folder);
    await journal.append([event(1)]);
    renameSync(folder, `${folder}-away`);
    const gone = await refusal(journal.append([event(2)]));
    expect(gone).toMatchObject({ code: "RUN_JOURNAL_FAILED", details: { errno: "ENOENT" } });
    await journal.close();

    makeRunFolder(folder, home);
    const second = await openJournal(folder);
    rmSync(folder, { recursive: true });
    makeRunFolder(folder, home);
    const third = await openJournal(folder);
    const replaced = await refusal(second.append([event(1)]));
    expect(replaced?.message).toContain("ENOENT");
    await third.append([event(1)]);
    await second.close();
    await third.close();
    expect(readJournal(folder)).toEqual([event(1)]);
  });

  it("tells of its loss at once, also when nobody waited for the record", async () => {
    const { fault, openFile } = failingDisk();
    const log = new EventLog(await openJournal(folder, openFile), "r1", virtualClock());
    const lost: unknown[] = [];
    const shown: string[] = [];
    log.whenLost((error) => lost.push(error));
    log.events.subscribe(({ type }) => shown.push(type));
    fault.at = "datasync";
    await refusal(log.emit({ type: "log", stage: null, level: "info", message: "m" }));
    expect(lost).toMatchObject([{ code: "RUN_JOURNAL_FAILED" }]);
    expect(shown).toEqual([]);
    log.tell({ type: "run.cancelled", reason: "the journal was lost" });
    expect(shown).toEqual(["run.cancelled"]);
    await log.close();
  });
});
