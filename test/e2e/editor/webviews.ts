import axe from "axe-core";
import type { Frame, Page } from "playwright-core";

/** The document inside a webview of the editor, once it shows what the selector means. */
export async function webviewFrame(page: Page, selector: string): Promise<Frame> {
  for (let tries = 0; tries < 600; tries += 1) {
    for (const frame of page.frames()) {
      // A frame may go away while it is asked.
      if (frame.name() === "active-frame" || (await isActive(frame))) {
        if (
          (await frame
            .locator(selector)
            .count()
            .catch(() => 0)) > 0
        )
          return frame;
      }
    }
    await page.waitForTimeout(200);
  }
  throw new Error(`no webview shows ${selector}`);
}

async function isActive(frame: Frame): Promise<boolean> {
  try {
    return (await (await frame.frameElement()).getAttribute("id")) === "active-frame";
  } catch {
    return false;
  }
}

/**
 * What axe-core finds wrong in a document: names of rules, and what they struck. A page that is drawn anew while it is looked at may
 * show it half of either drawing: what is wrong must be so three times.
 */
export async function accessibilityFaults(frame: Frame): Promise<readonly string[]> {
  await frame.evaluate(axe.source);
  let faults: readonly string[] = [];
  for (let tries = 0; tries < 3; tries += 1) {
    faults = await frame.evaluate(async () => {
      const run = (globalThis as unknown as { axe: typeof axe }).axe;
      // What surrounds the document is the editor's.
      const { violations } = await run.run({ include: ["main"] });
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`,
      );
    });
    if (faults.length === 0) break;
  }
  return faults;
}
