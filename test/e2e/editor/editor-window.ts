import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";

const screenshots = fileURLToPath(new URL("screenshots", import.meta.url));

/** What is waited for comes within seconds on a machine that has nothing else to do; in milliseconds. */
export const patient = 150_000;

/** One window of the editor. */
export interface EditorWindow {
  readonly page: Page;
  /** Opens the workspace, or opens it again in a new page, with a file shown. */
  goto(file?: string): Promise<void>;
  /** Opens a file of the workspace by the explorer: the address names none, so that a reload shows what was open. */
  open(path: string): Promise<void>;
  /** Reloads the window as people do: the workbench writes down what is open, and reads it again. */
  reload(): Promise<void>;
  /** Runs a command by its title in the palette. */
  command(title: string): Promise<void>;
  /** Writes what is on the screen to `test/e2e/editor/screenshots`. */
  shot(name: string): Promise<void>;
  closeWindow(): Promise<void>;
}

/** Where a workbench listens, and what it shows. */
export interface EditorAddress {
  readonly base: string;
  readonly authority: string;
  readonly folder: string;
}

/** Opens an empty page that a window can be shown in. */
export async function openWindow(
  browser: Browser | BrowserContext,
  { base, authority, folder }: EditorAddress,
): Promise<EditorWindow> {
  const page =
    "newContext" in browser
      ? await (await browser.newContext({ viewport: { width: 1400, height: 900 } })).newPage()
      : await browser.newPage();
  page.setDefaultTimeout(patient);
  const command = async (title: string): Promise<void> => {
    const row = page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first();
    // The list does not grow while it is shown: commands of an extension may not be there the first time.
    for (let tries = 0; tries < patient / 5000; tries += 1) {
      await page.keyboard.press("F1");
      // What takes the focus in that moment closes the box again.
      const box = page.locator(".quick-input-widget input").first();
      const filled = await box.fill(`>${title}`, { timeout: 5000 }).then(
        () => true,
        () => false,
      );
      if (filled && (await shows(row, 5000))) break;
      await page.keyboard.press("Escape");
    }
    await row.click();
  };
  return {
    page,
    command,
    goto: async (file) => {
      const open = file === undefined ? [] : [["openFile", `vscode-remote://${authority}${folder}/${file}`]];
      await page.goto(`${base}/?folder=${folder}&payload=${encodeURIComponent(JSON.stringify(open))}`);
      await page.waitForSelector(".monaco-workbench");
    },
    open: async (path) => {
      await command("View: Show Explorer");
      const names = path.split("/");
      const row = (name = "") =>
        page.locator(".explorer-folders-view .monaco-list-row", { hasText: name }).first();
      for (const name of names.slice(0, -1)) await row(name).click();
      await row(names.at(-1)).dblclick();
      await page
        .locator(".tab.active", { hasText: names.at(-1) ?? "" })
        .first()
        .waitFor();
    },
    reload: async () => {
      await Promise.all([page.waitForEvent("load"), command("Developer: Reload Window")]);
      await page.waitForSelector(".monaco-workbench");
    },
    shot: async (name) => {
      mkdirSync(screenshots, { recursive: true });
      await page.screenshot({ path: join(screenshots, `${name}.png`) });
    },
    closeWindow: () => page.close(),
  };
}

function shows(row: ReturnType<Page["locator"]>, timeout: number): Promise<boolean> {
  return row.waitFor({ timeout }).then(
    () => true,
    () => false,
  );
}
