import { afterAll, beforeAll, beforeEach, describe, it, onTestFailed } from "vitest";
import { type Rehearsal, startRehearsal } from "../../helpers/rehearsal.ts";
import { openWorkbench, type Workbench, workbenchHome } from "./workbench.ts";

const home = workbenchHome();

describe.skipIf(home === null)("a workspace with nothing in it", () => {
  let rehearsal: Rehearsal;
  let editor: Workbench;
  beforeAll(async () => {
    if (home === null) return;
    rehearsal = await startRehearsal();
    const files = { "readme.txt": "empty\n" };
    editor = await openWorkbench(home, { files, env: rehearsal.env });
    await editor.goto();
  });
  afterAll(async () => {
    await editor?.close();
    await rehearsal?.stop();
  });
  beforeEach(({ task }) => {
    onTestFailed(() => editor.tellFailure(task.name));
  });

  it("says in each view what is missing, with one thing to do", async () => {
    const { page } = editor;
    await editor.command("Sampan: Focus on Migrations View");
    await page.locator(".welcome-view-content", { hasText: "No plan here yet" }).first().waitFor();
    await page.locator(".welcome-view-content", { hasText: "Nothing has run here yet" }).first().waitFor();
    await editor.shot("30-empty");
  });

  it("leads from the walkthrough to a first plan, and to its rehearsal at the end", async () => {
    const { page } = editor;
    await editor.command("Sampan: First Migration");
    await page.locator(".getting-started", { hasText: "Your first migration" }).first().waitFor();
    await editor.shot("31-walkthrough");
    await editor.command("Sampan: New Plan");
    await page.locator(".codelens-decoration a", { hasText: "Run" }).first().waitFor();
    await editor.command("Sampan: Rehearse Plan");
    await editor.command("Sampan: Focus on Runs View");
    await page
      .locator(".monaco-list-row", { hasText: /first-guest\.qcow2.*done/ })
      .first()
      .waitFor();
    await editor.shot("32-rehearsed");
  });
});
