import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outlineScope } from "./session-values.ts";
import { createCompleter } from "./shell-completer.ts";
import { createSurroundings, type Surroundings } from "./surroundings.ts";

const runId = "20261126-101500-abcde";
let cwd: string;
let surroundings: Surroundings;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sampan-surroundings-"));
  await mkdir(join(cwd, ".ssh/config.d"), { recursive: true });
  await writeFile(
    join(cwd, ".ssh/config"),
    'Include config.d/*.conf\nHost web-01 "web 02" *.example.org !no\n  HostName 192.0.2.1\nMatch all\n  HostName other\n',
  );
  await writeFile(join(cwd, ".ssh/config.d/db.conf"), "host=db-01\nInclude ~/.ssh/config\n");
  await mkdir(join(cwd, ".aliyun"));
  await writeFile(
    join(cwd, ".aliyun/config.json"),
    '{"profiles":[{"name":"production","region_id":"cn-shanghai","access_key_secret":"CANARY"}]}',
  );
  const run = join(cwd, ".sampan/runs", runId);
  await mkdir(run, { recursive: true });
  await writeFile(join(run, "plan.json"), '{"source":{"kind":"ssh","host":"web-01"}}');
  const output = {
    title: "ssh://web-01",
    disks: [{ name: "/dev/vda", sizeBytes: 40 * 1024 ** 3, system: true }, { name: 7 }, null],
  };
  const lines = [
    { type: "run.started", disks: [] },
    { type: "stage.finished", stage: "select", output },
  ];
  await writeFile(join(run, "journal.ndjson"), `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
  await mkdir(join(cwd, ".sampan/runs", "20261126-101501-abcde"));
  await writeFile(
    join(cwd, ".sampan/runs", "20261126-101501-abcde", "journal.ndjson"),
    '"stage.finished" "disks"\n\n',
  );
  surroundings = createSurroundings({ cwd, env: { HOME: cwd } });
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

describe("names around the shell", () => {
  it("are known once they were read, and not before", async () => {
    expect(surroundings.names("source")).toEqual([]);
    expect(surroundings.names("region").length).toBeGreaterThan(20);
    await surroundings.refresh();
    expect(surroundings.names("source")).toEqual([
      { value: "db-01", summary: "of your SSH configuration" },
      { value: "web-01", summary: "192.0.2.1" },
    ]);
    expect(surroundings.names("run").map(({ value }) => value)).toEqual(["20261126-101501-abcde", runId]);
    expect(surroundings.names("disk")).toEqual([
      { value: "/dev/vda", source: "ssh://web-01", summary: "40 GiB, the system disk" },
    ]);
    expect(surroundings.names("profile")).toEqual([{ value: "production", summary: "cn-shanghai" }]);
  });

  it("look at the folder of a path that is typed", async () => {
    await writeFile(join(cwd, "web.vmdk"), "");
    const completer = createCompleter({ cwd, surroundings, variables: () => outlineScope({}) });
    const text = 'x.assess().capture({ share: { here: "./w';
    expect(await completer.complete(text, text.length)).toMatchObject({ insert: 'web.vmdk"' });
    const nowhere = 'x.assess().capture({ share: { here: "/no/such/w';
    expect((await completer.complete(nowhere, nowhere.length)).candidates).toEqual([]);
  });
});
