import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "@sampan/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unpackDemoDisk } from "../demo/demo-disk.ts";
import { runProgram } from "../testing/run-program.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-runs-"));
  await unpackDemoDisk(join(folder, "guest.qcow2"));
  const start = 'import { Migration } from "sampan";\nexport default ';
  await writeFile(
    join(folder, "one.migration.ts"),
    `${start}Migration.from("./guest.qcow2").assess().prepare();`,
  );
  await writeFile(
    join(folder, "two.migration.ts"),
    `${start}["./missing.vmdk", "./guest.qcow2"].map((disk) => Migration.from(disk).assess());`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function sampan(...argv: string[]) {
  const ended = await runProgram(argv, { cwd: folder });
  return { ...ended, lines: ended.out.split("\n").filter((line) => line !== "") };
}

function eventsIn(lines: readonly string[]): RunEvent[] {
  return lines.map((line) => JSON.parse(line) as RunEvent);
}

describe("run, and what looks at runs", () => {
  let runId: string;

  it("runs a plan and prints its events as JSON, the last one final, exit code 0 in spite of mended warnings", async () => {
    const { exitCode, lines } = await sampan("run", "one.migration.ts", "--json");
    expect(exitCode).toBe(0);
    const events = eventsIn(lines);
    expect(events[0]).toMatchObject({ type: "run.started", cloud: { rehearsal: true }, attempt: 1 });
    expect(events.at(-1)).toMatchObject({ type: "run.finished", result: { complete: true } });
    expect(events.map((event) => event.seq)).toEqual(
      [...events].map((event) => event.seq).sort((a, b) => a - b),
    );
    runId = events[0]?.runId ?? "";
  });

  it("does nothing for a plan that was finished", async () => {
    const again = await sampan("run", "one.migration.ts");
    expect(again.exitCode).toBe(0);
    expect(again.err).toContain("nothing had to be done");
    expect((await sampan("run", "one.migration.ts", "--json")).lines.length).toBeGreaterThan(3);
  });

  it("starts a new run when asked to", async () => {
    const events = eventsIn((await sampan("run", "one.migration.ts", "--again", "--json")).lines);
    expect(events[0]?.runId).not.toBe(runId);
  });

  it("lists runs newest first", async () => {
    const runs = JSON.parse((await sampan("runs", "--json")).out) as { runId: string; state: string }[];
    expect(runs.map((run) => run.state)).toEqual(["finished", "finished"]);
    expect(runs[1]?.runId).toBe(runId);
    expect((await sampan("runs")).out).toMatch(new RegExp(`^${runId} +finished +rehearsal`, "m"));
  });

  it("attaches to a run that has ended, and has nothing to cancel in it", async () => {
    const attached = await sampan("attach", runId, "--json");
    expect(attached.exitCode).toBe(0);
    expect(eventsIn(attached.lines).at(-1)?.type).toBe("run.finished");
    expect(JSON.parse((await sampan("cancel", runId, "--json")).out)).toEqual({
      runId,
      state: "finished",
      asked: false,
      left: [],
    });
  });

  it("runs and plans one plan of a file alone", async () => {
    const { exitCode, lines } = await sampan("run", "two.migration.ts", "--plan", "2", "--json");
    expect(exitCode).toBe(0);
    const events = eventsIn(lines);
    expect(new Set(events.map((event) => event.runId)).size).toBe(1);
    expect(events[0]).toMatchObject({ type: "run.started", title: join(folder, "guest.qcow2") });
    const planned = await sampan("plan", "two.migration.ts", "--plan", "2", "--offline", "--json");
    expect(JSON.parse(planned.out)).not.toBeInstanceOf(Array);
    expect((await sampan("run", "one.migration.ts", "two.migration.ts", "--plan", "1")).exitCode).toBe(2);
    expect((await sampan("run", "two.migration.ts", "--plan", "3")).exitCode).toBe(2);
  });

  it("writes a plan as JSON that is the same plan", async () => {
    expect((await sampan("plan", "one.migration.ts", "--out", "plan.json")).exitCode).toBe(0);
    const written = JSON.parse(await readFile(join(folder, "plan.json"), "utf8")) as {
      readonly plans: readonly { readonly plan: unknown }[];
    };
    const told = (await sampan("run", "one.migration.ts", "--dry-run", "--json")).out;
    expect(JSON.parse(told)).toEqual(written.plans[0]?.plan);
    expect((await sampan("run", "plan.json")).err).toContain("nothing had to be done");
  });

  it("says what it would do without doing it", async () => {
    const dry = await sampan("run", "one.migration.ts", "--dry-run", "--through", "assess");
    expect(dry.out).toMatch(/^from .*guest\.qcow2\nassess — [^\n]*\n$/);
    expect(dry.err).toContain("nothing was done");
    expect((await sampan("run", "one.migration.ts", "--dry-run", "--through", "fly")).exitCode).toBe(2);
  });

  it("stops after a step and goes on from there", async () => {
    const home = ["--home", join(folder, "elsewhere")];
    const part = await sampan("run", "one.migration.ts", "--through", "assess", ...home);
    expect(part.exitCode).toBe(0);
    expect(part.err).toContain("stopped where asked");
    expect((await sampan("runs", ...home)).out).toContain("stopped where asked");
    const rest = eventsIn((await sampan("resume", ...home, "--json")).lines);
    expect(rest.at(-1)).toMatchObject({ type: "run.finished", result: { complete: true } });
    expect((await sampan("resume", ...home)).exitCode).toBe(2);
  });

  it("goes on with the next host when one fails, and tells of all in a table", async () => {
    const { exitCode, out, err } = await sampan("run", "two.migration.ts");
    expect(exitCode).toBe(2);
    expect(out).toMatch(/missing\.vmdk +failed +IMAGE_NOT_FOUND \(exit 2\)/);
    expect(out).toMatch(/guest\.qcow2 +done/);
    expect(err).toMatch(/^missing\.vmdk {2}error IMAGE_NOT_FOUND/m);
    expect(err.match(/rehearsal: a simulator/g)).toHaveLength(1);
  });

  it("runs the plans of several files together, and closes their events with one value under --json", async () => {
    const args = ["one.migration.ts", "two.migration.ts", "--again", "--json", "--parallel", "3"];
    const { exitCode, lines } = await sampan("run", ...args, "--bandwidth", "10MB/s");
    expect(exitCode).toBe(2);
    const closing = JSON.parse(lines.at(-1) ?? "") as { runs: { runId: string; error: unknown }[] };
    expect(closing).toMatchObject({
      type: "runs.ended",
      exitCode: 2,
      runs: [
        { state: "finished", exitCode: 0, error: null },
        { state: "failed", exitCode: 2, error: { code: "IMAGE_NOT_FOUND" } },
        { state: "finished", exitCode: 0 },
      ],
    });
    const events = eventsIn(lines.slice(0, -1));
    const ends = events.filter(({ type }) => type === "run.finished" || type === "run.failed");
    expect(ends.map((event) => event.runId).sort()).toEqual(closing.runs.map((one) => one.runId).sort());
  });

  it("refuses a bandwidth that the plans cannot share", async () => {
    const { exitCode, err } = await sampan("run", "two.migration.ts", "--bandwidth", "128kbit");
    expect(exitCode).toBe(2);
    expect(err).toContain("COMMAND_USAGE");
  });

  it("shows all of a run, and writes its report in the format asked for", async () => {
    const shown = await sampan("runs", "show", runId);
    expect(shown.exitCode).toBe(0);
    expect(shown.out).toContain("Changes to the guest");
    const file = join(folder, "report.html");
    expect((await sampan("runs", "show", runId, "--out", "report.html")).err).toContain(file);
    expect(await readFile(file, "utf8")).toContain("<!doctype html>");
    const asJson = await sampan("runs", "show", runId, "--report", "json");
    expect(JSON.parse(asJson.out)).toMatchObject({ v: 1, runId, state: "finished" });
    expect((await sampan("runs", "hide", runId)).exitCode).toBe(2);
  });

  it("lists a run whose journal is damaged, and refuses to do anything with it", async () => {
    const home = join(folder, "damaged");
    await mkdir(join(home, "runs"), { recursive: true });
    await cp(join(folder, ".sampan/runs", runId), join(home, "runs", runId), { recursive: true });
    await writeFile(join(home, "runs", runId, "journal.ndjson"), "{}\n{}\n{}\n");
    const listed = await sampan("runs", "--home", home);
    expect(listed.exitCode).toBe(0);
    expect(listed.out).toContain("unreadable (RUN_JOURNAL_CORRUPT)");
    expect((await sampan("runs", "show", runId, "--home", home)).err).toContain("RUN_JOURNAL_CORRUPT");
    expect((await sampan("resume", "--home", home)).err).toContain("RUN_NOT_FOUND");
    expect((await sampan("gc", "--home", home)).err).toContain("what it left is not known");
  });

  it("refuses runs it does not know", async () => {
    for (const command of ["resume", "attach", "cancel"]) {
      expect((await sampan(command, "20200101")).exitCode).toBe(2);
    }
  });
});
