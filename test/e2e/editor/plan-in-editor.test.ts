import type { Frame } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from "vitest";
import { type Rehearsal, startRehearsal } from "../../helpers/rehearsal.ts";
import { sampan } from "../../helpers/sampan.ts";
import { accessibilityFaults, webviewFrame } from "./webviews.ts";
import { openWorkbench, type Workbench, workbenchHome } from "./workbench.ts";

const fast = `import { Migration } from "sampan";

export default Migration.from("./.sampan/demo/first-guest.qcow2")
  .assess()
  .prepare()
  .capture()
  .toVhd()
  .upload("editor-fast", { createBucket: true })
  .import({ name: "editor-fast", createRole: true });
`;
// Slow enough to be stopped, reloaded and looked at in the middle of the upload.
const slow = fast
  .replaceAll("editor-fast", "editor-slow")
  .replace("createBucket: true }", "createBucket: true, bytesPerSecond: 1_000_000, partBytes: 1_048_576 }");

interface ListedRun {
  readonly runId: string;
  readonly state: string;
}

/** How far a drawing says the upload is; −1 where it does not say. */
async function uploadPercent(frame: Frame): Promise<number> {
  if ((await frame.locator('.node.finished[data-key="node:upload"]').count()) > 0) return 100;
  const bar = frame.locator('[data-key="node:upload"] + progress');
  // It goes away when the upload ends, also between two looks.
  const value = await bar.getAttribute("value", { timeout: 1000 }).catch(() => null);
  return Number(value ?? -1);
}

const home = workbenchHome();

describe.skipIf(home === null)("a plan in the editor", () => {
  let rehearsal: Rehearsal;
  let editor: Workbench;

  const lens = (text: string | RegExp) => editor.page.locator(".codelens-decoration a", { hasText: text });
  const runs = async () =>
    (await sampan(["runs", "--json"], { cwd: editor.folder })).json<readonly ListedRun[]>();
  /** Requests that an upload or an import starts with: more than one of a kind is work done twice. */
  const starts = (bucket: string) =>
    rehearsal.simulator.requests.count({ operation: "InitiateMultipartUpload", bucket });

  beforeAll(async () => {
    if (home === null) return;
    rehearsal = await startRehearsal();
    editor = await openWorkbench(home, {
      files: { "fast.migration.ts": fast, "slow.migration.ts": slow },
      env: rehearsal.env,
      settings: { "workbench.editorAssociations": { "*.qcow2": "sampan.inspect" } },
    });
    await editor.goto("fast.migration.ts");
  });
  afterAll(async () => {
    await editor?.close();
    await rehearsal?.stop();
  });
  beforeEach(({ task }) => {
    onTestFailed(() => editor.tellFailure(task.name));
  });

  it("has its buttons above the chain, and starts no program for that", async () => {
    await lens("Run").first().waitFor();
    const titles = async () => (await editor.page.locator(".codelens-decoration").allTextContents()).join();
    await expect.poll(titles, { timeout: 30_000 }).toMatch(/Run.*Plan.*Assess.*Pipeline/);
    expect(editor.descendants().filter((line) => /\bsampan\b.* (run|runs|attach|plan)\b/.test(line))).toEqual(
      [],
    );
    await editor.shot("1-lenses");
  });

  it("is run from the gutter, each step turning green, with the image in the cloud at the end", async () => {
    const { page } = editor;
    await page.locator(".testing-run-glyph").first().click();
    await page
      .locator(".glyph-margin-widgets .codicon-testing-passed-icon, .cgmr.codicon-testing-passed-icon")
      .nth(6)
      .waitFor();
    await editor.shot("2-gutter-green");
    const images = await rehearsal.images("cn-hangzhou");
    expect(images.map(({ imageName, status }) => [imageName, status])).toEqual([
      ["editor-fast", "Available"],
    ]);
    expect((await runs()).map(({ state }) => state)).toEqual(["finished"]);
  });

  it("shows its steps with their times in the Testing view", async () => {
    const { page } = editor;
    await editor.command("Testing: Focus on Test Explorer View");
    await page.locator(".test-explorer .monaco-list-row", { hasText: "fast.migration.ts" }).first().waitFor();
    await editor.shot("3-test-explorer");
  });

  it("is stopped in the middle of its upload: the button tells how far it is, and says stopped when it has", async () => {
    const { page } = editor;
    await editor.goto();
    await editor.open("slow.migration.ts");
    await lens("Run").first().click();
    await lens(/Stop \d+ %/)
      .first()
      .waitFor();
    await editor.shot("4-running");
    await lens(/Stop/).first().click();
    await lens("Resume from upload").first().waitFor();
    await editor.shot("5-stopped");
    const [newest] = await runs();
    expect(newest?.state).toBe("cancelled");
    expect(starts("editor-slow")).toBe(1);
    await page.locator(".codelens-decoration a", { hasText: "Pipeline" }).first().waitFor();
  });

  it("is drawn as a pipeline that is live while it goes on, found again after a reload, which starts nothing anew", async () => {
    await lens("Pipeline").first().click();
    const before = await webviewFrame(editor.page, ".node");
    await editor.shot("6-pipeline-stopped");
    await before.locator('[data-action="resume"]').click();
    await before.locator('[data-key="node:upload"] + progress').waitFor();
    const first = await uploadPercent(before);
    await editor.page
      .locator(".statusbar-item", { hasText: /1 running \d+ %/ })
      .first()
      .waitFor();
    await editor.shot("7-pipeline-live");
    expect(await accessibilityFaults(before)).toEqual([]);
    await editor.reload();
    const after = await webviewFrame(editor.page, ".node");
    await after.locator(".node.running, .node.finished").nth(3).waitFor();
    await expect
      .poll(() => uploadPercent(after), { timeout: 60_000, interval: 250 })
      .toBeGreaterThanOrEqual(first);
    await editor.shot("8-pipeline-after-reload");
    // What the window before had started has ended with it; the run is no child of it and goes on.
    const started = (pattern: RegExp) => editor.descendants().filter((line) => pattern.test(line)).length;
    await expect.poll(() => started(/server\.cjs --node-ipc/), { timeout: 30_000 }).toBe(1);
    await expect.poll(() => started(/\bsampan\b.* attach /), { timeout: 30_000 }).toBeLessThanOrEqual(1);
    await after.locator(".timeline").waitFor();
    await editor.shot("9-timeline");
    expect(await accessibilityFaults(after)).toEqual([]);
    expect(starts("editor-slow")).toBe(1);
    const images = await rehearsal.images("cn-hangzhou");
    expect(images.map(({ imageName }) => imageName).sort()).toEqual(["editor-fast", "editor-slow"]);
    expect((await runs()).map(({ state }) => state)).toEqual(["finished", "finished"]);
    await after.locator('[data-key="node:import"]').click();
    await editor.page.locator(".monaco-editor.focused").waitFor();
  });

  it("opens an image in the inspector, which shows what is on it", async () => {
    const { page } = editor;
    await editor.goto();
    // A file in the address would be opened before the editor knows who shows it.
    await page.locator(".activitybar a[aria-label='Sampan']").first().waitFor();
    await editor.open(".sampan/demo/first-guest.qcow2");
    const frame = await webviewFrame(page, ".facts-table");
    await editor.shot("10-inspector");
    const text = (await frame.locator("main").textContent()) ?? "";
    expect(text).toMatch(/qcow2.*512 MiB/s);
    expect(text).toContain("Debian GNU/Linux 12");
    expect(await accessibilityFaults(frame)).toEqual([]);
  });

  it("lists plans and runs in its own views", async () => {
    const { page } = editor;
    await editor.command("Sampan: Focus on Runs View");
    await page.locator(".monaco-list-row", { hasText: "first-guest.qcow2" }).first().waitFor();
    await editor.shot("11-trees");
  });
});
