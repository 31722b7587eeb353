import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { controlAddresses, findControl, makePrivateFolder } from "./control-address.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sampan-address-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const linux = { platform: "linux", env: {} } as const;

describe("where a run listens", () => {
  it("is its folder, and otherwise a folder of the user's own that its name is kept apart in", () => {
    const [inside, outside] = controlAddresses("/plans/.sampan/runs/r1", linux);
    expect(inside).toEqual({ path: "/plans/.sampan/runs/r1/control.sock", elsewhere: false });
    expect(outside).toMatchObject({ elsewhere: true, path: expect.stringMatching(/\/[0-9a-f]{24}\.sock$/) });
    const other = controlAddresses("/plans/.sampan/runs/r2", linux).at(-1);
    expect(other?.path).not.toBe(outside?.path);
  });

  it("is never a path that is longer than a socket's may be", () => {
    const long = `/plans/${"é".repeat(60)}`;
    expect(controlAddresses(long, linux).map(({ elsewhere }) => elsewhere)).toEqual([true]);
    const env = { XDG_RUNTIME_DIR: `/run/${"x".repeat(100)}` };
    for (const { path } of controlAddresses(long, { ...linux, env })) {
      expect(Buffer.byteLength(path)).toBeLessThanOrEqual(100);
    }
    expect(controlAddresses("/r", { ...linux, env: { XDG_RUNTIME_DIR: "/run/user/7" } })[1]?.path).toMatch(
      /^\/run\/user\/7\/sampan\//,
    );
  });

  it("is a pipe on Windows, with a name that is another each time", () => {
    const windows = { platform: "win32", env: {} } as const;
    const [one, two] = [controlAddresses("C:\\runs\\r1", windows), controlAddresses("C:\\runs\\r1", windows)];
    expect(one).toMatchObject([
      { elsewhere: true, path: expect.stringMatching(/^\\\\\.\\pipe\\sampan-[0-9a-f]{32}$/) },
    ]);
    expect(one[0]?.path).not.toBe(two[0]?.path);
    writeFileSync(join(folder, "control.path"), `${one[0]?.path}\n`);
    expect(findControl(folder, windows)).toBe(one[0]?.path);
    writeFileSync(join(folder, "control.path"), "\\\\.\\pipe\\somebody\n");
    expect(findControl(folder, windows)).toBeUndefined();
  });

  it("is no folder that others can enter, nor one that is only pointed at", () => {
    const mine = join(folder, "mine");
    expect(makePrivateFolder(mine)).toBe(true);
    chmodSync(mine, 0o755);
    expect(makePrivateFolder(mine)).toBe(false);
    mkdirSync(join(folder, "theirs"), { mode: 0o700 });
    symlinkSync(join(folder, "theirs"), join(folder, "link"));
    expect(makePrivateFolder(join(folder, "link"))).toBe(false);
    writeFileSync(join(folder, "file"), "");
    expect(makePrivateFolder(join(folder, "file"))).toBe(false);
  });
});
