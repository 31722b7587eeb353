// Takes the picture of the editor for the READMEs: a rehearsal of the first migration in a real VS Code workbench, in the middle of its
// upload. Build first; Linux on x64 only, as the tests of the editor, whose helpers it uses.
//
//   node test/tools/record-editor.mjs [FILE]
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const picture = resolve(process.argv[2] ?? join(repository, "extension/docs/pictures/run.webp"));
// The helpers are TypeScript, which the oldest Node that is supported does not read by itself.
const jiti = createJiti(import.meta.url, { nativeModules: ["axe-core", "playwright-core", "ali-oss"] });
const { openWorkbench, workbenchHome } = await jiti.import("../e2e/editor/workbench.ts");
const { webviewFrame } = await jiti.import("../e2e/editor/webviews.ts");
const { startRehearsal } = await jiti.import("../helpers/rehearsal.ts");

const name = "first-migration.migration.ts";
// As it stands in the examples, without the comment at its top.
const plan = readFileSync(join(repository, "examples", name), "utf8").replace(/^(\/\/.*\n)+/, "");

const home = workbenchHome();
if (home === null) throw new Error("without a workbench there is nothing to take a picture of");
const rehearsal = await startRehearsal();
try {
  const editor = await openWorkbench(home, {
    files: { [name]: plan },
    env: rehearsal.env,
    settings: {
      "workbench.colorTheme": "Dark Modern",
      "editor.lineNumbers": "on",
      "window.commandCenter": false,
      "workbench.layoutControl.enabled": false,
      "breadcrumbs.enabled": false,
    },
  });
  try {
    await take(editor);
  } finally {
    await editor.close();
  }
} finally {
  await rehearsal.stop();
}

async function take(editor) {
  const { page } = editor;
  await page.setViewportSize({ width: 1280, height: 720 });
  await editor.goto(name);
  const lens = (text) => page.locator(".codelens-decoration a", { hasText: text }).first();
  await lens("Run").waitFor();
  await editor.command("View: Close Primary Side Bar");
  // A slow line for two parts: the upload is half done until all of the window has been drawn, however long that takes.
  const effect = { kind: "slow", bytesPerSecond: 20_000 };
  for (const partNumber of [3, 4])
    rehearsal.simulator.faults.add({ match: { operation: "UploadPart", partNumber }, times: null, effect });
  await lens("Run").click();
  await lens(/Stop \d+ %/).waitFor();
  await lens("Pipeline").click();
  const drawing = await webviewFrame(page, '.node.running[data-key="node:upload"]');
  await drawing.locator('[data-key="node:upload"] + progress').waitFor();
  await lens(/Stop [3-9]\d %/).waitFor();
  // Where this workspace lies says nothing to those who look.
  await drawing.evaluate((folder) => {
    for (const node of document.querySelector("h1")?.childNodes ?? [])
      if (node.nodeType === 3) node.textContent = node.textContent.replace(folder, "/srv/plans");
  }, editor.folder);
  mkdirSync(dirname(picture), { recursive: true });
  // As WebP it weighs less than half of what it would as PNG.
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 80 });
  writeFileSync(picture, Buffer.from(data, "base64"));
}
