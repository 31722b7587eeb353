import { afterAll, beforeAll, beforeEach, describe, it, onTestFailed } from "vitest";
import { type Rehearsal, startRehearsal } from "../../helpers/rehearsal.ts";
import { webviewFrame } from "./webviews.ts";
import { openWorkbench, type Workbench, workbenchHome } from "./workbench.ts";

const home = workbenchHome();

describe.skipIf(home === null)("a workspace with nothing in it", () => {
  let rehearsal: Rehearsal;
  let editor: Workbench;
  const welcome = (text: string) => editor.page.locator(".welcome-view-content", { hasText: text });
  /** A step of the walkthrough, as it is when it is done or not. */
  const step = (title: string, done: boolean) =>
    editor.page
      .locator(".getting-started-step", { hasText: title })
      .locator(`.codicon-getting-started-step-${done ? "checked" : "unchecked"}`)
      .first();
  /** Opens a step of the walkthrough and presses its button. */
  const press = async (title: string, button: string): Promise<void> => {
    const { page } = editor;
    const shown = page.locator(".getting-started-step.expanded", { hasText: title });
    // A click on the one that is open would close it.
    if ((await shown.count()) === 0)
      await page.locator(".getting-started-step", { hasText: title }).first().click();
    await shown.locator(".monaco-button", { hasText: button }).first().click();
  };
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
    await editor.command("Sampan: Focus on Migrations View");
    await welcome("No plan here yet").waitFor();
    await welcome("Nothing has run here yet").waitFor();
    await editor.shot("30-empty");
  });

  it("says so when the program is not there, and sees it when it comes", async () => {
    const { page } = editor;
    // A setting that names no file is not replaced by a program that is somewhere else.
    editor.change({ "sampan.path": "/nowhere/sampan" });
    await editor.command("Sampan: Focus on Alibaba Cloud View");
    await welcome("was not found").nth(1).waitFor();
    await welcome("How to Install").first().waitFor();
    await editor.shot("30-missing");
    await editor.command("Sampan: First Migration");
    await step("Get the program", false).waitFor();
    await editor.shot("31-walkthrough");
    editor.change({ "sampan.path": "" });
    await step("Get the program", true).waitFor();
    await page.locator(".monaco-list-row", { hasText: "Account" }).first().waitFor();
  });

  it("leads from the walkthrough to a first plan, and to its rehearsal at the end, each step ticked", async () => {
    const { page } = editor;
    await press("Write a plan", "New Plan");
    await page.locator(".codelens-decoration a", { hasText: "Run" }).first().waitFor();
    await editor.command("Sampan: First Migration");
    await step("Write a plan", true).waitFor();
    // What a plan does is asked of the one that is looked at last.
    await press("See what it would do", "Show Pipeline");
    await step("See what it would do", true).waitFor();
    await webviewFrame(page, '.node[data-key="node:import"]');
    await editor.shot("32-look");
    await editor.command("Sampan: First Migration");
    await press("Rehearse it", "Rehearse Plan");
    await step("Rehearse it", true).waitFor();
    await editor.shot("32-walkthrough-done");
    await editor.command("Sampan: Focus on Runs View");
    await page
      .locator(".monaco-list-row", { hasText: /first-guest\.qcow2.*done/ })
      .first()
      .waitFor();
    await editor.shot("33-rehearsed");
  });
});
