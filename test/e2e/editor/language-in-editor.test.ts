import { existsSync, mkdirSync, realpathSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from "vitest";
import { webviewFrame } from "./webviews.ts";
import { openWorkbench, type Workbench, workbenchHome } from "./workbench.ts";

const plan = `import { Migration } from "sampan";

export default Migration.from("./web-01.vmdk")
  .assess()
  .prepare()
  .capture()
  .toVhd()
  .upload("web-images", { region: "cn-hangzhou" })
  .import({ name: "web-01" })
  .copyTo("cn-shangai");
`;

const home = workbenchHome();

/** Puts a program in the place of `sampan` that leaves a file behind when anybody starts it; gives the file's path. */
function setTrap(folder: string): string {
  const modules = join(folder, "node_modules");
  const installed = realpathSync(modules);
  unlinkSync(modules);
  mkdirSync(join(modules, ".bin"), { recursive: true });
  // The types of plans, which TypeScript reads.
  for (const name of ["sampan", "@sampan"]) symlinkSync(join(installed, name), join(modules, name));
  const trace = join(folder, "..", "started");
  writeFileSync(join(modules, ".bin/sampan"), `#!/bin/sh\necho "$@" >> '${trace}'\n`, { mode: 0o755 });
  return trace;
}

// The folder is not trusted in this session: all of it has to work without anything being started.
describe.skipIf(home === null)("a plan in a folder that is not trusted", () => {
  let editor: Workbench;
  let trace: string;
  beforeAll(async () => {
    if (home === null) return;
    editor = await openWorkbench(home, {
      files: { "web.migration.ts": plan, "web-01.vmdk": "no disk" },
      restricted: true,
      settings: {
        "security.workspace.trust.startupPrompt": "never",
        "editor.inlayHints.enabled": "on",
        "security.workspace.trust.banner": "never",
        "workbench.editorAssociations": { "*.vmdk": "sampan.inspect" },
      },
    });
    trace = setTrap(editor.folder);
    await editor.goto("web.migration.ts");
  });
  afterAll(() => editor?.close());
  beforeEach(({ task }) => {
    onTestFailed(() => editor.tellFailure(task.name));
  });

  /** Puts the cursor into a word of the plan. */
  const cursorIn = async (word: string): Promise<void> => {
    await editor.page
      .locator(".view-line", { hasText: word })
      .first()
      .locator("span span", { hasText: word })
      .last()
      .click();
  };

  /**
   * Points at a word of the plan until the editor tells something of it that holds a text. A hint that arrives moves the line away under a
   * pointer that rests, and the editor asks for nothing again until the pointer moves: so it is taken away and brought back.
   */
  const pointAt = async (word: string, told: string): Promise<Locator> => {
    const { page } = editor;
    const row = page.locator(".monaco-hover .hover-row", { hasText: told }).first();
    const target = page
      .locator(".view-line", { hasText: word })
      .locator("span span", { hasText: word })
      .last();
    await expect
      .poll(
        async () => {
          await page.mouse.move(0, 0);
          await target.hover();
          return row.waitFor({ timeout: 3000 }).then(
            () => true,
            () => false,
          );
        },
        { timeout: 120_000 },
      )
      .toBe(true);
    return row;
  };

  it("has a wrong region underlined, with what is meant", async () => {
    const { page } = editor;
    await page.locator(".squiggly-error, .squiggly-warning").first().waitFor();
    await pointAt("cn-shangai", "cn-shanghai");
    await editor.shot("20-wrong-region");
    await page.keyboard.press("Escape");
  });

  it("has it mended by its quick fix", async () => {
    const { page } = editor;
    await cursorIn("cn-shangai");
    await page.keyboard.press("Control+.");
    await page.locator(".action-widget .monaco-list-row", { hasText: "cn-shanghai" }).first().waitFor();
    await editor.shot("21-quick-fix");
    await page.keyboard.press("Enter");
    await page.locator(".view-line", { hasText: "cn-shanghai" }).first().waitFor();
  });

  it("completes regions inside quotes", async () => {
    const { page } = editor;
    await cursorIn("cn-shanghai");
    await page.keyboard.press("Control+Space");
    await page.locator(".suggest-widget .monaco-list-row", { hasText: "cn-" }).first().waitFor();
    await editor.shot("22-completion");
    await page.keyboard.press("Escape");
  });

  it("tells of a step when it is pointed at, and hints at what is not written", async () => {
    const { page } = editor;
    const hover = await pointAt("capture", "disks");
    expect(await hover.textContent()).toMatch(/capture\(options\?\).*Limits.*Free space is left out/s);
    await editor.shot("23-hover");
    await page.keyboard.press("Escape");
    const line = (verb: string) => page.locator(".view-line", { hasText: `.${verb}(` });
    await line("upload").filter({ hasText: "sampan/web-01/<run>-disk0.vhd" }).waitFor();
    await line("import").filter({ hasText: "cn-hangzhou" }).waitFor();
    // Shown, and no text of the file.
    const hints = await page.locator(".view-line span[class*='dyn-rule']").allTextContents();
    expect(hints.join(" ").replaceAll("\u00a0", " ")).toMatch(
      /sampan\/web-01\/<run>-disk0\.vhd.*cn-hangzhou/s,
    );
    await editor.shot("23-hints");
  });

  it("says in its views that the folder is not trusted", async () => {
    const { page } = editor;
    await page.locator(".statusbar-item", { hasText: "analysis only" }).first().waitFor();
    await editor.command("Sampan: Focus on Runs View");
    await page.locator(".welcome-view-content", { hasText: "not trusted" }).first().waitFor();
    await editor.command("Sampan: Focus on Alibaba Cloud View");
    await page.locator(".welcome-view-content", { hasText: "not trusted" }).nth(1).waitFor();
    await editor.shot("24-untrusted");
  });

  it("offers nothing above the chain and in the palette that would start a program", async () => {
    const { page } = editor;
    await page.locator(".codelens-decoration a", { hasText: "Pipeline" }).first().waitFor();
    expect(await page.locator(".codelens-decoration a", { hasText: "Run" }).count()).toBe(0);
    await page.keyboard.press("F1");
    await page.locator(".quick-input-widget input").first().fill(">Sampan:");
    const offered = page.locator(".quick-input-list .monaco-list-row");
    await offered.filter({ hasText: "Sampan: Show Pipeline" }).first().waitFor();
    expect(await offered.filter({ hasText: /Sampan: (Run|Rehearse|Assess|Resume|Stop)/ }).count()).toBe(0);
    await editor.shot("25-untrusted-palette");
    await page.keyboard.press("Escape");
  });

  it("starts nothing from the gutter, the pipeline or an image, and says why", async () => {
    const { page } = editor;
    const refusal = page.locator(".notification-toast", { hasText: "not trusted" }).first();
    await page.locator(".testing-run-glyph").first().click();
    // The editor asks itself before it has an extension run anything.
    const question = page.locator(".monaco-dialog-box").first();
    await question.waitFor();
    await editor.shot("26-untrusted-gutter");
    await page.keyboard.press("Escape");
    await question.waitFor({ state: "detached" });
    await page.locator(".codelens-decoration a", { hasText: "Pipeline" }).first().click();
    const frame = await webviewFrame(page, ".node");
    await frame.locator('[data-action="run"]').click();
    await refusal.waitFor();
    await editor.shot("27-untrusted-pipeline");
    await editor.open("web-01.vmdk");
    const inspector = await webviewFrame(page, ".problem");
    expect(await inspector.locator(".problem").textContent()).toContain("not trusted");
    await editor.shot("28-untrusted-image");
    expect(editor.descendants().filter((line) => /sampan\.mjs|bin\/sampan\b/.test(line))).toEqual([]);
    expect(existsSync(trace)).toBe(false);
  });
});
