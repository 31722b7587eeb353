import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeOfVersion, tours } from "../helpers/node-versions.ts";
import { lacks } from "../helpers/requires.ts";
import { sampanProgram } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";
import { tmuxScreen } from "../helpers/tmux.ts";

/*
 * Someone at a prompt of bash, fish and zsh, in each width and on each version of Node.js, who takes up the completion as the manual says
 * and presses Tab. What the scripts offer is tested one by one in completion.test.ts.
 */

const runId = "20261123-094205-k3f8p";
const shells = [
  {
    shell: "bash",
    start: ["bash", "--norc", "--noprofile", "-i"],
    setUp: "source <(sampan completion bash)",
  },
  { shell: "fish", start: ["fish", "--no-config", "-i"], setUp: "sampan completion fish | source" },
  {
    shell: "zsh",
    start: ["zsh", "-f", "-i"],
    setUp: "autoload -U compinit; compinit -u; source <(sampan completion zsh)",
  },
] as const;

describe.each(tours)("completion on Node.js %i in %i columns", (version, columns) => {
  const node = nodeOfVersion(version);
  if (lacks("tmux") || node === null) return it.skip(`has no tmux, or no Node.js ${version}`);
  let home: string;
  beforeAll(async () => {
    home = await makeFolder();
    await mkdir(join(home, ".sampan/runs", runId), { recursive: true });
    await writeFile(join(home, ".sampan/runs", runId, "plan.json"), '{"source":{"path":"web.vmdk"}}');
    await mkdir(join(home, "bin"));
    await writeFile(join(home, "bin/sampan"), `#!/bin/sh\nexec '${node}' '${sampanProgram}' "$@"\n`);
    await chmod(join(home, "bin/sampan"), 0o755);
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  for (const { shell, start, setUp } of shells) {
    it.skipIf(lacks(shell))(`is there at Tab in ${shell}`, async () => {
      const screen = await tmuxScreen(start, {
        cwd: home,
        columns,
        env: { HOME: home, PATH: `${join(home, "bin")}:${process.env.PATH}`, PS1: "$ ", PROMPT: "$ " },
      });
      /** Types a text and Tab behind it until what it becomes is on the screen, breaks of lines aside. */
      const becomes = async (text: string, whole: string): Promise<void> => {
        await screen.type("-l", text);
        await expect.poll(() => squeezed(screen), { timeout: 20_000 }).toContain(text.replaceAll(" ", ""));
        await screen.type("Tab");
        await expect.poll(() => squeezed(screen), { timeout: 20_000 }).toContain(whole.replaceAll(" ", ""));
        await screen.type("C-u");
      };
      await screen.type("-l", `${setUp}; echo is' 'ready`);
      await screen.type("Enter");
      await screen.shows(/^is ready$/m);
      await becomes("sampan conv", "sampan convert");
      await becomes("sampan convert --format=q", "sampan convert --format=qcow2");
      await becomes("sampan resume 2", `sampan resume ${runId}`);
      await becomes("sampan --profile p who", "sampan --profile p whoami");
      await screen.close();
    });
  }
});

async function squeezed(screen: { read(): Promise<string> }): Promise<string> {
  return (await screen.read()).replace(/\s+/g, "");
}
