import type { Argv, CommandOptions, Shell } from "@sampan/host";
import { describe, expect, it } from "vitest";
import { withoutSudo } from "./without-sudo.ts";

/** A shell of a user with this number, which remembers what it ran. */
function shellOf(uid: number) {
  const ran: string[] = [];
  const run = async (argv: Argv, options: CommandOptions = {}) => {
    if (argv[0] !== "id") ran.push(`${argv.join(" ")}${options.asRoot === true ? " as root" : ""}`);
    return { exitCode: 0, stdout: new TextEncoder().encode(`${uid}\n`), stderr: "" };
  };
  const start = () => Promise.reject(new Error("not in this test"));
  const shell: Shell = {
    title: "ssh://web-01",
    run,
    script: (_script, args, options) => run(["sh", ...args], options),
    start,
    startScript: start,
    close: async () => undefined,
  };
  return { shell: withoutSudo(shell), ran };
}

describe("a shell without sudo", () => {
  it("runs as root what a user who is root runs", async () => {
    const { shell, ran } = shellOf(0);
    await shell.run(["lvs"], { asRoot: true });
    expect(ran).toEqual(["lvs as root"]);
  });

  it("refuses what needs root to any other user, before it is run", async () => {
    const { shell, ran } = shellOf(1000);
    await shell.run(["uname"]);
    await expect(shell.run(["lvs"], { asRoot: true })).rejects.toMatchObject({ code: "HOST_ROOT_REFUSED" });
    await expect(shell.script("lvs", [], { asRoot: true })).rejects.toMatchObject({
      code: "HOST_ROOT_REFUSED",
    });
    await expect(shell.start(["dd"], { asRoot: true })).rejects.toMatchObject({ code: "HOST_ROOT_REFUSED" });
    expect(ran).toEqual(["uname"]);
  });
});
