/// <reference lib="dom" />
import type { Frame, Page } from "playwright-core";
import { accessibilityFaults } from "./webviews.ts";
import type { Workbench } from "./workbench.ts";

// The last is the kind of theme that sessions begin with.
const themes = [
  ["Dark Modern", "vscode-dark", "dark"],
  ["Default High Contrast", "vscode-high-contrast", "high-contrast"],
  ["Default High Contrast Light", "vscode-high-contrast-light", "high-contrast-light"],
  ["Light Modern", "vscode-light", "light"],
] as const;

/** Shows a webview in dark, light and high contrast colours, takes a picture of each, and gives what axe-core finds wrong in any. */
export async function faultsInThemes(
  editor: Workbench,
  frame: Frame,
  name: string,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [theme, kind, short] of themes) {
    editor.change({ "workbench.colorTheme": theme });
    await frame.locator(`body[data-vscode-theme-kind="${kind}"]`).waitFor();
    await editor.shot(`${name}-${short}`);
    found.push(...(await accessibilityFaults(frame)).map((fault) => `${theme}: ${fault}`));
  }
  return found;
}

/** A button that the keyboard came to. */
export interface TabStop {
  readonly key: string;
  /** Whether it can be seen that the keyboard is there. */
  readonly visible: boolean;
}

/** The button of a webview that has the focus; `null` where none has. */
export function focusedButton(frame: Frame): Promise<TabStop | null> {
  return frame.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return null;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { top, bottom } = element.getBoundingClientRect();
    const isSeen = bottom > 0 && top < innerHeight;
    const key = element.dataset.key ?? element.dataset.action ?? element.tagName;
    return { key, visible: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1 && isSeen };
  });
}

/** Goes through a webview by Tab, from its beginning to where the keyboard would leave it. */
export async function tabStops(page: Page, frame: Frame): Promise<readonly TabStop[]> {
  const stops: TabStop[] = [];
  await frame.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
  });
  const buttons = await frame.locator("button").count();
  while (stops.length < buttons) {
    await page.keyboard.press("Tab");
    const stop = await focusedButton(frame);
    if (stop === null) break;
    stops.push(stop);
  }
  return stops;
}

/** Goes by Tab to the button that is meant; throws where that does not come. */
export async function tabTo(page: Page, frame: Frame, key: string): Promise<void> {
  const stops: string[] = [];
  await frame.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
  });
  while (stops.length < 60) {
    await page.keyboard.press("Tab");
    const stop = await focusedButton(frame);
    if (stop?.key === key) return;
    if (stop === null) break;
    stops.push(stop.key);
  }
  throw new Error(`Tab does not reach ${key}, but ${stops.join(", ")}`);
}
