import { execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const endWorkbench = join(repository, "test/helpers/end-workbench.mjs");
const screenshots = join(repository, "test/e2e/editor/screenshots");

/** What a workbench is opened with. */
export interface WorkbenchOptions {
  /** Files of the workspace: path → text. */
  readonly files: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Leaves workspace trust on, so that the folder is not trusted. Default: false. */
  readonly restricted?: boolean;
}

/** A real editor in a browser, on a workspace of its own. */
export interface Workbench {
  readonly page: Page;
  /** The workspace's folder. */
  readonly folder: string;
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
  /** Writes a screenshot of a test that failed, and on stderr what could be read on it and what the server said last. */
  tellFailure(test: string): Promise<void>;
  /** Names of the programs that run below the editor's server. */
  descendants(): readonly string[];
  close(): Promise<void>;
}

// What is waited for comes within seconds on a machine that has nothing else to do.
const patient = 150_000;

/**
 * The folder that `test/tools/install-workbench.mjs` filled, filling it first where need be; `null` where that cannot be done, after
 * having said why. With `CI` set it throws: there tests are not left out.
 */
export function workbenchHome(): string | null {
  const tool = join(repository, "test/tools/install-workbench.mjs");
  try {
    const stdio = ["ignore", "pipe", "inherit"] as const;
    return execFileSync(process.execPath, [tool], { encoding: "utf8", stdio: [...stdio] }).trim();
  } catch (error) {
    if (process.env.CI) throw new Error("with CI set, the editor has to be tested", { cause: error });
    return null;
  }
}

/** Packs the extension as it is installed by people. */
function packExtension(home: string, out: string): void {
  const folder = join(repository, "extension");
  cpSync(join(repository, "LICENSE"), join(folder, "LICENSE"));
  try {
    const vsce = join(home, "node_modules/@vscode/vsce/vsce");
    execFileSync(process.execPath, [vsce, "package", "--no-dependencies", "-o", out], {
      cwd: folder,
      stdio: "pipe",
    });
  } finally {
    rmSync(join(folder, "LICENSE"), { force: true });
  }
}

/** Starts an editor with the extension installed, and a browser; nothing is opened yet. */
export async function openWorkbench(home: string, options: WorkbenchOptions): Promise<Workbench> {
  const data = mkdtempSync(join(tmpdir(), "sampan-wb-"));
  const folder = join(data, "ws");
  for (const name of ["User", "t", "ws"]) mkdirSync(join(data, name));
  writeWorkspace(folder, options);
  const settings = {
    "workbench.startupEditor": "none",
    "telemetry.telemetryLevel": "off",
    "chat.disableAIFeatures": true,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "files.autoSave": "off",
    "extensions.autoUpdate": false,
    "extensions.autoCheckUpdates": false,
    "editor.minimap.enabled": false,
    ...options.settings,
  };
  writeFileSync(join(data, "User/settings.json"), JSON.stringify(settings));
  const log = openSync(join(data, "server.log"), "w");
  const node = join(home, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  const entry = join(home, "node_modules/code-server/out/node/entry.js");
  const start = (...args: readonly string[]) =>
    spawn(
      node,
      [
        entry,
        "--user-data-dir",
        data,
        "--extensions-dir",
        join(data, "ext"),
        "--config",
        join(data, "none.yaml"),
        ...args,
      ],
      {
        detached: true,
        stdio: ["ignore", log, log],
        env: { ...editorEnvironment(data), ...options.env },
      },
    );
  const vsix = join(data, "sampan.vsix");
  packExtension(home, vsix);
  await new Promise<void>((resolve, reject) => {
    start("--install-extension", vsix).on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`installing ${vsix}: exit code ${code}, see ${data}`)),
    );
  });
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const trust = options.restricted ? [] : ["--disable-workspace-trust"];
  const server = start(
    ...[
      "--auth",
      "none",
      "--bind-addr",
      `127.0.0.1:${port}`,
      "--disable-telemetry",
      "--disable-update-check",
    ],
    ...["--disable-getting-started-override", ...trust],
  );
  closeSync(log);
  const serverPid = server.pid ?? 0;
  // Holds on to this process: whatever ends it, the server and its runs are ended too.
  const ender = spawn(process.execPath, [endWorkbench, String(serverPid), data], {
    detached: true,
    stdio: ["pipe", "ignore", "inherit"],
  });
  const ended = new Promise((resolve) => ender.once("exit", resolve));
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    ender.stdin.end();
    await ended;
  };
  try {
    await listening(base, data);
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: browserArguments });
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(patient);
    const command = async (title: string): Promise<void> => {
      const row = page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first();
      // The list does not grow while it is shown: commands of an extension may not be there the first time.
      for (let tries = 0; tries < patient / 5000; tries += 1) {
        await page.keyboard.press("F1");
        await page.locator(".quick-input-widget input").first().fill(`>${title}`);
        if (
          await row.waitFor({ timeout: 5000 }).then(
            () => true,
            () => false,
          )
        )
          break;
        await page.keyboard.press("Escape");
      }
      await row.click();
    };
    const shot = async (name: string): Promise<void> => {
      mkdirSync(screenshots, { recursive: true });
      await page.screenshot({ path: join(screenshots, `${name}.png`) });
    };
    return {
      page,
      folder,
      goto: async (file) => {
        const open =
          file === undefined ? [] : [["openFile", `vscode-remote://127.0.0.1:${port}${folder}/${file}`]];
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
      command,
      shot,
      tellFailure: async (test) => {
        await shot(`failed ${test.replaceAll(/[^\w ]/g, "")}`);
        const said = readFileSync(join(data, "server.log"), "utf8").slice(-2000);
        console.error(
          `${test}: on the screen was\n${await screenText(page)}\nand the server's last words:\n${said}`,
        );
      },
      descendants: () => descendantsOf(serverPid),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What can be read in the editor and in the documents inside it. */
async function screenText(page: Page): Promise<string> {
  const texts = await Promise.all(
    page.frames().map((frame) =>
      // A frame may go away while it is asked.
      frame
        .locator("body")
        .ariaSnapshot({ timeout: 5000 })
        .catch(() => ""),
    ),
  );
  return texts
    .map((text) => text.slice(0, 6000))
    .filter((text) => text !== "")
    .join("\n---\n");
}

const browserArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Nothing but the editor itself can be reached.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

function writeWorkspace(folder: string, options: WorkbenchOptions): void {
  for (const [path, text] of Object.entries(options.files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
}

/** What the editor may know of this machine: nothing that could point it at somebody's account. */
function editorEnvironment(data: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    LANG: process.env.LANG ?? "C.UTF-8",
    HOME: data,
    TMPDIR: join(data, "t"),
    XDG_DATA_HOME: data,
    XDG_CONFIG_HOME: data,
    XDG_CACHE_HOME: data,
    XDG_RUNTIME_DIR: join(data, "t"),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address === null || typeof address === "string"
          ? reject(new Error("no port"))
          : resolve(address.port),
      );
    });
  });
}

async function listening(base: string, data: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (
      await fetch(`${base}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await sleep(200);
  }
  throw new Error(`the editor's server does not answer, see ${data}/server.log`);
}

/** Command lines of everything below a process, by `/proc`. */
function descendantsOf(root: number): readonly string[] {
  const table = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => ({ pid: Number(match[1]), parent: Number(match[2]), args: match[3] ?? "" }));
  const below = (pid: number): string[] =>
    table.filter(({ parent }) => parent === pid).flatMap((child) => [child.args, ...below(child.pid)]);
  return below(root);
}
