import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from "vitest";
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

// The folder is not trusted in this session: all of it has to work without anything being started.
describe.skipIf(home === null)("a plan in a folder that is not trusted", () => {
  let editor: Workbench;
  beforeAll(async () => {
    if (home === null) return;
    editor = await openWorkbench(home, {
      files: { "web.migration.ts": plan },
      restricted: true,
      settings: {
        "security.workspace.trust.startupPrompt": "never",
        "editor.inlayHints.enabled": "on",
        "security.workspace.trust.banner": "never",
      },
    });
    await editor.goto("web.migration.ts");
  });
  afterAll(() => editor?.close());
  beforeEach(({ task }) => {
    onTestFailed(() => editor.tellFailure(task.name));
  });

  /** Runs what the keyboard is given with the cursor in a word of the plan. */
  const cursorIn = async (word: string): Promise<void> => {
    await editor.page
      .locator(".view-line", { hasText: word })
      .first()
      .locator("span span", { hasText: word })
      .last()
      .click();
  };

  it("has a wrong region underlined, with what is meant", async () => {
    const { page } = editor;
    await page.locator(".squiggly-error, .squiggly-warning").first().waitFor();
    await page
      .locator(".view-line", { hasText: "cn-shangai" })
      .locator("span span", { hasText: "cn-shangai" })
      .last()
      .hover();
    await page.locator(".monaco-hover .hover-row", { hasText: "cn-shanghai" }).first().waitFor();
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
    await page
      .locator(".view-line", { hasText: ".capture" })
      .locator("span span", { hasText: "capture" })
      .last()
      .hover();
    await page.locator(".monaco-hover .hover-row", { hasText: "disks" }).first().waitFor();
    await editor.shot("23-hover");
    await page.keyboard.press("Escape");
    const line = (verb: string) => page.locator(".view-line", { hasText: `.${verb}(` });
    await line("upload").filter({ hasText: "sampan/web-01/<run>-disk0.vhd" }).waitFor();
    await line("import").filter({ hasText: "cn-hangzhou" }).waitFor();
    await editor.shot("23-hints");
  });

  it("draws the pipeline, and offers nothing that would start a program", async () => {
    const { page } = editor;
    await page.locator(".codelens-decoration a", { hasText: "Pipeline" }).first().waitFor();
    expect(await page.locator(".codelens-decoration a", { hasText: "Run" }).count()).toBe(0);
    await page.locator(".statusbar-item", { hasText: "analysis only" }).first().waitFor();
    await editor.command("Sampan: Focus on Runs View");
    await page.locator(".welcome-view-content", { hasText: "not trusted" }).first().waitFor();
    await editor.shot("24-untrusted");
    const started = editor.descendants().filter((line) => /sampan\.mjs|bin\/sampan\b/.test(line));
    expect(started).toEqual([]);
  });
});
