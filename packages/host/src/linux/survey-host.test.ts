import { SampanError } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { openLocalShell } from "../connection/local-shell.ts";
import type { Shell } from "../connection/shell.ts";
import { surveyedTools, surveyLinux } from "./survey-host.ts";

/** A host that answers the script with these lines. */
function answering(lines: readonly string[], mayRoot: boolean): Shell {
  const result = (text: string) => ({ exitCode: 0, stdout: new TextEncoder().encode(text), stderr: "" });
  return {
    title: "ssh://ann@web-01",
    script: async () => result(`${lines.join("\n")}\n`),
    run: async () => {
      if (!mayRoot) throw new SampanError("HOST_ROOT_REFUSED", "no");
      return result("");
    },
    close: async () => undefined,
  } as unknown as Shell;
}

describe("a survey of a Linux host", () => {
  it("tells of this machine what it is", async () => {
    const shell = openLocalShell();
    const survey = await surveyLinux(shell);
    await shell.close();
    expect(survey.kernel).toMatch(/^Linux \d/);
    for (const tool of surveyedTools.needed) expect(survey.tools).toContain(tool);
    expect(survey.free.find(({ folder }) => folder === "/tmp")?.bytes).toBeGreaterThan(0);
    if (process.getuid?.() === 0) expect(survey.root).toBe("user");
  });

  it("takes root's rights that are refused for an answer, and nothing it did not ask for", async () => {
    const lines = [
      "motd",
      "user ann",
      "uid 1000",
      "kernel Linux 6.1",
      "tool dd",
      "tool rm -rf",
      "agent x",
      "free 12 /tmp",
      "free z /boot",
    ];
    expect(await surveyLinux(answering(lines, false))).toEqual({
      user: "ann",
      kernel: "Linux 6.1",
      root: "refused",
      tools: ["dd"],
      agents: [],
      free: [{ folder: "/tmp", bytes: 12 * 1024 }],
    });
    expect((await surveyLinux(answering(lines, true))).root).toBe("elevated");
  });
});
