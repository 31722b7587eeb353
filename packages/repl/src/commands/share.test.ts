import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../testing/run-program.ts";

async function share(...argv: string[]) {
  return runProgram(["share", ...argv], { cwd: process.cwd() });
}

// What it does on hosts is tested in @sampan/host and in test/e2e.
describe("sampan share", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sampan-share-command-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    [["lend", "local"], /there is no "lend"/],
    [["setup", "ftp://x", "/srv/a"], /shares are made on this machine and over SSH/],
    [["setup", "local"], /the folder to share is not said/],
    [["setup", "local", "/srv/a"], /who may mount is not said/],
    [["setup", "local", "/srv/a", "--for", "a b"], /letting "a b" mount a share/],
    [["setup", "local", "/etc", "--for", "192.0.2.7"], /it belongs to the system/],
    [["setup", "local", "/srv/a%b", "--kind", "smb"], /smb\.conf cannot name it/],
    [["mount", "local"], /what to mount is not said/],
    [["mount", "local", "_oops:/x"], /mounting "_oops:\/x"/],
    [["mount", "local", "nas:/x", "--at", "mnt"], /it is no absolute path/],
    [["mount", "local", "nas:/x", "--mount-options", "a;b"], /Options are letters/],
  ])("refuses %j before anything is looked at", async (argv, says) => {
    const { exitCode, err } = await share(...argv);
    expect(exitCode).toBe(2);
    expect(err).toMatch(says);
  });

  it("reads a password only from a file that nobody else may read", async () => {
    const file = join(folder, "password");
    writeFileSync(file, "sail away\n");
    chmodSync(file, 0o644);
    const { exitCode, err } = await share(
      "setup",
      "local",
      "/srv/a",
      "--kind",
      "smb",
      "--password-file",
      file,
    );
    expect(exitCode).not.toBe(0);
    expect(err).toContain("others than you may read that file");
    expect(err).not.toContain("sail");
  });

  it.skipIf(process.platform !== "linux" || process.getuid?.() !== 0)(
    "shows the steps in a dry run and does nothing (root)",
    async () => {
      const place = join(folder, "images");
      const { out } = await share(
        "setup",
        "local",
        place,
        "--for",
        "192.0.2.7",
        "--dry-run",
        "--json",
        "--install",
      );
      const told = JSON.parse(out);
      expect(told).toMatchObject({ target: "this machine", share: "nfs:images", dryRun: true });
      expect(told.steps.map(({ id }: { id: string }) => id)).toEqual([
        "packages",
        "folder",
        "exports",
        "port mapper",
        "nfs server",
        "publish",
      ]);
      expect(existsSync(place)).toBe(false);
    },
  );
});
