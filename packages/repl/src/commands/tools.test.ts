import { describe, expect, it } from "vitest";
import { runProgram } from "../testing/run-program.ts";

async function tools(argv: readonly string[]) {
  return runProgram(["tools", ...argv], { env: { NO_COLOR: "1" }, cwd: "/" });
}

describe("sampan tools", () => {
  it("lists every tool of the whitepaper, and what Sampan does by itself", async () => {
    const { exitCode, out } = await tools([]);
    expect(exitCode).toBe(0);
    for (const name of [
      "dd",
      "disk2vhd",
      "alip2v",
      "qemu-img",
      "vmware-vdiskmanager",
      "starwind-v2v",
      "xenconvert",
    ]) {
      expect(out).toContain(`\n${name}: `);
    }
    expect(out).toMatch(/disk2vhd +no: it runs on Windows/);
    expect(out).toContain("none is ever downloaded");
  });

  it("is one JSON value", async () => {
    const listed = JSON.parse((await tools(["--json"])).out) as {
      name: string;
      path: string | null;
      usedFor: string;
    }[];
    expect(listed).toHaveLength(7);
    expect(listed.find(({ name }) => name === "dd")?.path).toMatch(/^\/.*dd$/);
    expect(listed.find(({ name }) => name === "alip2v")).toMatchObject({ path: null, version: null });
  });
});
