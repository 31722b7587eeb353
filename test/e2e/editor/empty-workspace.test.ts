import { afterAll, beforeAll, beforeEach, describe, it, onTestFailed } from "vitest";
import { type Rehearsal, startRehearsal } from "../../helpers/rehearsal.ts";
import { openWorkbench, packExtension, type Workbench, workbenchHome } from "./workbench.ts";

const home = workbenchHome();

describe.skipIf(home === null)("a workspace with nothing in it", () => {
  let rehearsal: Rehearsal;
  let editor: Workbench;
  beforeAll(async () => {
    if (home === null) return;
    rehearsal = await startRehearsal();
    const files = { "readme.txt": "empty\n" };
    editor = await openWorkbench(home, { vsix: packExtension(home), files, env: rehearsal.env });
    await editor.goto();
  });
  afterAll(async () => {
    await editor?.close();
    await rehearsal?.stop();
  });
  beforeEach(({ task }) => {
    onTestFailed(() => editor.shot(`failed: ${task.name}`));
  });

  it("says in each view what is missing, with one thing to do", async () => {
    const { page } = editor;
    await editor.command("Sampan: Focus on Migrations View");
    await page.locator(".welcome-view-content", { hasText: "No plan here yet" }).first().waitFor();
    await page.locator(".welcome-view-content", { hasText: "Nothing has run here yet" }).first().waitFor();
    await editor.shot("30-empty");
  });
});
