import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { unpackDemoDisk } from "../../packages/repl/src/demo/demo-disk.ts";
import { lacks } from "../helpers/requires.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { blocksOf, readPages } from "./pages.ts";
import { runPage } from "./run-page.ts";

describe.skipIf(lacks("git", "qemu-img"))("the README's plan", () => {
  it("ends with what is shown below it", async () => {
    const folder = join(await temporaryFolder(), "plans");
    await mkdir(folder);
    await unpackDemoDisk(join(folder, "guest.qcow2"));
    await execa("qemu-img", ["convert", "-O", "vmdk", "guest.qcow2", "web-01.vmdk"], { cwd: folder });
    const readme = (await readPages()).find(({ path }) => path === "README.md");
    const blocks = blocksOf(readme?.text ?? "");
    const plan = blocks.findIndex(({ language }) => language === "ts");
    const text = [
      `\`\`\`ts file=web-01.migration.ts\n${blocks[plan]?.text}\n\`\`\``,
      "```sh run\nsampan run web-01.migration.ts\n```",
      `\`\`\`text\n…\n${blocks[plan + 1]?.text}\n\`\`\``,
    ].join("\n");
    expect(blocks[plan + 1]?.text).toContain("web-01  Available");
    expect(await runPage({ path: "README.md", text }, folder)).toEqual([]);
  }, 120_000);
});
