import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from "vitest";
import { type Rehearsal, startRehearsal } from "../../helpers/rehearsal.ts";
import { sampan } from "../../helpers/sampan.ts";
import { type EditorWindow, patient } from "./editor-window.ts";
import { faultsInThemes, focusedButton, tabStops, tabTo } from "./webview-look.ts";
import { webviewFrame } from "./webviews.ts";
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
// Many parts, so that the simulator can hold the upload back for as long as it is looked at.
const slow = fast
  .replaceAll("editor-fast", "editor-slow")
  // A host of its own: a browser that knows nothing of what was started finds a run's plan by its host.
  .replace("./.sampan/demo/first-guest.qcow2", "./slow.qcow2")
  .replace("createBucket: true }", "createBucket: true, partBytes: 262_144 }");
const through = fast.replaceAll("editor-fast", "editor-through");

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

  const lens = (text: string | RegExp, window: EditorWindow = editor) =>
    window.page.locator(".codelens-decoration a", { hasText: text });
  /** How far the button says that the run is; −1 where it says nothing of it. */
  const lensPercent = async (window: EditorWindow): Promise<number> => {
    const title = await lens("Stop", window)
      .first()
      .textContent({ timeout: 5000 })
      .catch(() => null);
    return Number(/(\d+) %/.exec(title ?? "")?.[1] ?? -1);
  };
  const runs = async () =>
    (await sampan(["runs", "--json"], { cwd: editor.folder })).json<readonly ListedRun[]>();
  /** Holds every part of the slow plan's upload back for so long, until the function it gives is called. */
  const brake = (ms: number) => {
    const match = { operation: "UploadPart", bucket: "editor-slow" };
    const id = rehearsal.simulator.faults.add({ match, times: null, effect: { kind: "delay", ms } });
    return () => void rehearsal.simulator.faults.remove(id);
  };
  const parts = () => rehearsal.simulator.requests.count({ operation: "UploadPart", bucket: "editor-slow" });
  let release = () => {};
  /** Requests that an upload or an import starts with: more than one of a kind is work done twice. */
  const starts = (bucket: string) =>
    rehearsal.simulator.requests.count({ operation: "InitiateMultipartUpload", bucket });

  beforeAll(async () => {
    if (home === null) return;
    rehearsal = await startRehearsal();
    editor = await openWorkbench(home, {
      files: { "fast.migration.ts": fast, "slow.migration.ts": slow, "through.migration.ts": through },
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
    const row = (text: string | RegExp) =>
      page.locator(".test-explorer .monaco-list-row", { hasText: text }).first();
    for (const closed of ["fast.migration.ts", "first-guest.qcow2"]) {
      await row(closed).locator(".monaco-tl-twistie.collapsed").click();
    }
    for (const step of ["assess", "prepare", "capture", "toVhd", "upload", "import"]) {
      await row(new RegExp(`${step}.*\\d ?m?s`)).waitFor();
    }
    await editor.shot("3-test-explorer");
  });

  it("is run to a step by the button above it, and offers to go on from there", async () => {
    editor.change({ "sampan.stepLenses": true });
    await editor.goto("through.migration.ts");
    const toHere = lens("Run to here");
    // Above each step but the last.
    await expect.poll(() => toHere.count(), { timeout: patient }).toBe(5);
    await toHere.nth(2).click();
    await lens("Resume from toVhd").first().waitFor();
    await editor.shot("4-run-to-here");
    expect((await runs()).map(({ state }) => state)).toEqual(["finished", "finished"]);
    expect(starts("editor-through")).toBe(0);
    expect(await editor.page.locator(".codicon-testing-passed-icon").count()).toBeGreaterThanOrEqual(3);
    editor.change({ "sampan.stepLenses": false });
    await expect.poll(() => toHere.count(), { timeout: patient }).toBe(0);
  });

  it("is stopped in the middle of its upload: the button tells how far it is, and says stopped when it has", async () => {
    copyFileSync(join(editor.folder, ".sampan/demo/first-guest.qcow2"), join(editor.folder, "slow.qcow2"));
    release = brake(2000);
    await editor.goto();
    await editor.open("slow.migration.ts");
    await lens("Run").first().click();
    await lens(/Stop [1-9]\d* %/)
      .first()
      .waitFor();
    await editor.shot("5-running");
    await lens(/Stop/).first().click();
    await lens("Resume from upload").first().waitFor();
    await editor.shot("5-stopped");
    const [newest] = await runs();
    expect(newest?.state).toBe("cancelled");
    expect(starts("editor-slow")).toBe(1);
    await lens("Pipeline").first().waitFor();
  });

  it("is drawn as a pipeline that is live while it goes on, in every theme, and is worked by the keyboard", async () => {
    const { page } = editor;
    await lens("Pipeline").first().click();
    const frame = await webviewFrame(page, ".node");
    await editor.shot("6-pipeline-stopped");
    release();
    // What follows up to the end takes a part of this time.
    release = brake(10_000);
    // To the drawing beside the text, and there to the button.
    await page.keyboard.press("Control+2");
    await tabTo(page, frame, "action:resume");
    await page.keyboard.press("Enter");
    await frame.locator('[data-key="node:upload"] + progress').waitFor();
    await page
      .locator(".statusbar-item", { hasText: /1 running \d+ %/ })
      .first()
      .waitFor();
    await editor.shot("7-pipeline-live");
    expect(await faultsInThemes(editor, frame, "7-pipeline-live")).toEqual([]);
    const stops = await tabStops(page, frame);
    const buttons = await frame
      .locator("button")
      .evaluateAll((all) => all.map((one) => one.getAttribute("data-key")));
    expect(stops.map(({ key }) => key)).toEqual(buttons);
    expect(stops.filter(({ visible }) => !visible)).toEqual([]);
    await tabTo(page, frame, "node:select");
    await page.keyboard.press("ArrowRight");
    expect((await focusedButton(frame))?.key).toBe("node:assess");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    expect((await focusedButton(frame))?.key).toBe(buttons.filter((key) => key?.startsWith("node:")).at(-1));
    await editor.shot("7-pipeline-keyboard");
    await tabTo(page, frame, "node:capture");
    await page.keyboard.press("Enter");
    await page.locator(".monaco-editor.focused").waitFor();
    await page.locator(".statusbar-item", { hasText: "Ln 6," }).first().waitFor();
    await frame.locator('.node.selected[data-key="node:capture"]').waitFor();
    await editor.shot("7-pipeline-to-source");
  });

  it("is found again after a reload in the middle of its run, which goes on and starts nothing anew", async () => {
    const before = await uploadPercent(await webviewFrame(editor.page, ".node"));
    await editor.reload();
    const frame = await webviewFrame(editor.page, ".node");
    await frame.locator('.node.running[data-key="node:upload"]').waitFor();
    await expect
      .poll(() => uploadPercent(frame), { timeout: patient, interval: 250 })
      .toBeGreaterThan(before);
    await editor.shot("8-pipeline-after-reload");
    // What the window before had started has ended with it; the run is no child of it and goes on.
    const started = (pattern: RegExp) => editor.descendants().filter((line) => pattern.test(line)).length;
    await expect.poll(() => started(/server\.cjs --node-ipc/), { timeout: patient }).toBe(1);
    await expect.poll(() => started(/\bsampan\b.* attach /), { timeout: patient }).toBeLessThanOrEqual(1);
    expect(starts("editor-slow")).toBe(1);
  });

  it("is shown by a second window as it goes on, and a start from there is no second one", async () => {
    const second = await editor.newWindow();
    await second.goto("slow.migration.ts");
    await lens(/Stop [1-9]\d* %/, second)
      .first()
      .waitFor();
    await second.page
      .locator(".statusbar-item", { hasText: /1 running \d+ %/ })
      .first()
      .waitFor();
    const seen = await lensPercent(second);
    await expect.poll(() => lensPercent(second), { timeout: patient, interval: 250 }).toBeGreaterThan(seen);
    await second.command("Sampan: Run Plan");
    await expect
      .poll(() => lensPercent(second), { timeout: patient, interval: 250 })
      .toBeGreaterThan(seen + 1);
    await second.shot("8-second-window");
    expect(starts("editor-slow")).toBe(1);
    expect((await runs()).filter(({ state }) => state === "running")).toHaveLength(1);
    await second.closeWindow();
    await lens(/Stop/).first().waitFor();
  });

  it("goes on with no browser at all, and is found by the next one, to its end", async () => {
    await editor.closeBrowser();
    const sent = parts();
    await expect.poll(parts, { timeout: patient, interval: 250 }).toBeGreaterThan(sent + 4);
    await editor.openBrowser();
    await editor.goto("slow.migration.ts");
    await lens(/Stop [1-9]\d* %/)
      .first()
      .waitFor();
    await editor.shot("9-next-browser");
    await lens("Pipeline").first().click();
    const frame = await webviewFrame(editor.page, ".node.running");
    release();
    await frame.locator(".timeline").waitFor();
    await editor.shot("9-timeline");
    expect(await faultsInThemes(editor, frame, "9-timeline")).toEqual([]);
    await editor.page.keyboard.press("Control+2");
    await tabTo(editor.page, frame, "bar:import");
    await editor.page.keyboard.press("Enter");
    await editor.page.locator(".statusbar-item", { hasText: "Ln 9," }).first().waitFor();
    expect(starts("editor-slow")).toBe(1);
    const images = await rehearsal.images("cn-hangzhou");
    expect(images.map(({ imageName }) => imageName).sort()).toEqual(["editor-fast", "editor-slow"]);
    expect((await runs()).map(({ state }) => state)).toEqual(["finished", "finished", "finished"]);
  });

  it("opens an image in the inspector, which shows what is on it, in every theme and by the keyboard", async () => {
    const { page } = editor;
    await editor.goto();
    // A file in the address would be opened before the editor knows who shows it.
    await page.locator(".activitybar a[aria-label='Sampan']").first().waitFor();
    await editor.open(".sampan/demo/first-guest.qcow2");
    const frame = await webviewFrame(page, ".judged");
    await editor.shot("10-inspector");
    const text = (await frame.locator("main").textContent()) ?? "";
    expect(text).toContain("GUESTOS.Fstab");
    expect(text).toMatch(/qcow2.*512 MiB/s);
    expect(text).toContain("Debian GNU/Linux 12");
    expect(await faultsInThemes(editor, frame, "10-inspector")).toEqual([]);
    const stops = await tabStops(page, frame);
    expect(stops).toEqual([{ key: "patch", visible: true }]);
    await page.keyboard.press("Enter");
    await page.locator(".quick-input-title", { hasText: "What the fix-ups change" }).first().waitFor();
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "All changes" }).first().waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".tab.active", { hasText: "first-guest.qcow2.patch" }).first().waitFor();
    await editor.shot("10-fix-ups");
    // Its page was taken down meanwhile: made anew, it is told again what was found.
    await page
      .locator(".tab", { hasText: /^first-guest\.qcow2$/ })
      .first()
      .click();
    await (await webviewFrame(page, ".judged")).locator("#findings .judged").waitFor();
  });

  it("lists plans, runs and the account in its own views", async () => {
    const { page } = editor;
    await editor.command("Sampan: Focus on Migrations View");
    const migrations = page.locator(".pane", { hasText: "Migrations" });
    await migrations.locator(".monaco-list-row", { hasText: "slow.migration.ts" }).first().waitFor();
    await editor.command("Sampan: Focus on Runs View");
    await page.locator(".monaco-list-row", { hasText: "first-guest.qcow2" }).first().waitFor();
    await editor.command("Sampan: Focus on Alibaba Cloud View");
    await page.locator(".monaco-list-row", { hasText: "Account" }).first().waitFor();
    await editor.shot("11-trees");
  });
});
