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
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { freePort } from "../../helpers/ssh-banner.ts";
import { type EditorWindow, openWindow } from "./editor-window.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const endWorkbench = join(repository, "test/helpers/end-workbench.mjs");

/** What a workbench is opened with. */
export interface WorkbenchOptions {
  /** Files of the workspace: path → text. */
  readonly files: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Leaves workspace trust on, so that the folder is not trusted. Default: false. */
  readonly restricted?: boolean;
}

/** A real editor in a browser, on a workspace of its own: its first window, and what surrounds it. */
export interface Workbench extends EditorWindow {
  /** The workspace's folder. */
  readonly folder: string;
  /** Opens a second window on the same server; nothing is shown in it yet. */
  newWindow(): Promise<EditorWindow>;
  /** Ends the browser; the server, and what it started, goes on. */
  closeBrowser(): Promise<void>;
  /** Starts another browser, which remembers nothing of the one before. */
  openBrowser(): Promise<void>;
  /** Changes settings in the middle of the session: those of the workspace, whose files the editor watches. */
  change(settings: Readonly<Record<string, unknown>>): void;
  /** Writes a screenshot of a test that failed, and on stderr what could be read on it and what the server said last. */
  tellFailure(test: string): Promise<void>;
  /** Names of the programs that run below the editor's server. */
  descendants(): readonly string[];
  close(): Promise<void>;
}

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
    // No notice of a simulator that listens somewhere.
    "remote.autoForwardPorts": false,
    ...options.settings,
  };
  writeFileSync(join(data, "User/settings.json"), JSON.stringify(settings));
  const ofWorkspace: Record<string, unknown> = {};
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
    const launch = () => chromium.launch({ executablePath: "/usr/bin/chromium", args: browserArguments });
    browser = await launch();
    const address = { base, authority: `127.0.0.1:${port}`, folder };
    let first = await openWindow(browser, address);
    return {
      get page() {
        return first.page;
      },
      folder,
      goto: (file) => first.goto(file),
      open: (path) => first.open(path),
      reload: () => first.reload(),
      command: (title) => first.command(title),
      shot: (name) => first.shot(name),
      closeWindow: () => first.closeWindow(),
      newWindow: () => openWindow(first.page.context(), address),
      closeBrowser: async () => browser?.close(),
      openBrowser: async () => {
        browser = await launch();
        first = await openWindow(browser, address);
      },
      change: (changed) => {
        Object.assign(ofWorkspace, changed);
        mkdirSync(join(folder, ".vscode"), { recursive: true });
        writeFileSync(join(folder, ".vscode/settings.json"), JSON.stringify(ofWorkspace));
      },
      tellFailure: async (test) => {
        await first.shot(`failed ${test.replaceAll(/[^\w ]/g, "")}`);
        const said = readFileSync(join(data, "server.log"), "utf8").slice(-2000);
        console.error(
          `${test}: on the screen was\n${await screenText(first.page)}\nand the server's last words:\n${said}`,
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
