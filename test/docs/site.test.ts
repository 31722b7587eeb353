import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, extname, join, normalize, relative } from "node:path";
import { execa } from "execa";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lacks } from "../helpers/requires.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";
import { repositoryFolder } from "./pages.ts";

const program = "/usr/bin/chromium";

describe.skipIf(lacks("git", "chromium"))("the site of the documents", () => {
  let folder: string;
  let site: string;
  let server: Server;
  let origin: string;
  let browser: Browser;
  let pages: readonly string[];

  beforeAll(async () => {
    folder = await makeFolder();
    site = await buildSite(folder);
    pages = readdirSync(site, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
    server = serve(site).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu"] });
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("has every manual page of the packages", async () => {
    const { stdout } = await execa("git", ["ls-files", "packages/*/docs/*.md"], { cwd: repositoryFolder });
    const documents = new Set(
      pages.filter((name) => name.startsWith("documents/")).map((name) => titleOf(join(site, name))),
    );
    const missing = stdout.split("\n").filter((path) => {
      const heading = /^# (.+)$/m.exec(readFileSync(join(repositoryFolder, path), "utf8"))?.[1] ?? "";
      const plain = heading.replace(/[`*]/g, "");
      return ![...documents].some((text) => text.includes(plain));
    });
    expect(missing).toEqual([]);
  });

  it("leads to no page or picture that is not there", () => {
    const broken = pages.flatMap((name) => {
      const text = readFileSync(join(site, name), "utf8");
      return [...text.matchAll(/\s(?:href|src)="([^"#?]+)[^"]*"/g)]
        .map(([, target = ""]) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => !existsSync(join(site, dirname(name), decodeURIComponent(target))))
        .map((target) => `${name}: ${target}`);
    });
    expect(broken).toEqual([]);
  });

  it("opens in a browser without an error on its console", async () => {
    // One of each kind where there are many: they are made by the same template. Of the manual, every page that people wrote.
    const written = /^documents\/(?!.*_(decisions|rules|fixups|formats|how-to)_)/;
    const many = ["classes/", "functions/", "interfaces/", "modules/", "types/", "variables/"].concat(
      ["decisions", "rules", "fixups", "formats", "how-to"].map((name) => `_${name}_`),
    );
    const opened = [
      ...pages.filter((name) => !name.includes("/") || written.test(name)),
      ...many.map((kind) => pages.find((name) => name.includes(kind)) ?? `no page of ${kind}`),
    ];
    expect(opened.length).toBeGreaterThan(50);
    const faults: string[] = [];
    const queue = [...opened];
    const reader = async (): Promise<void> => {
      const page = await browser.newPage();
      let now = "";
      page.on("pageerror", (error) => faults.push(`${now}: ${error.message}`));
      page.on("console", (said) => said.type() === "error" && faults.push(`${now}: ${said.text()}`));
      page.on("requestfailed", (request) => faults.push(`${now}: ${request.url()}`));
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        now = next;
        await page.goto(`${origin}/${next}`, { waitUntil: "load" });
        if ((await page.locator("h1").count()) === 0) faults.push(`${next}: no heading`);
      }
      await page.close();
    };
    await Promise.all([reader(), reader(), reader()]);
    expect(faults).toEqual([]);
  }, 300_000);

  it("finds a page by a word", async () => {
    const page = await browser.newPage();
    await page.goto(`${origin}/index.html`);
    await page.locator("#tsd-search-trigger").click();
    await page.locator("#tsd-search-input").pressSequentially("allocationmap");
    const first = page.locator("#tsd-search-results li a").first();
    await first.waitFor();
    expect(await first.getAttribute("href")).toContain("AllocationMap");
    await page.close();
  });
});

/** The site that `npm run docs` has made, when nothing it is made of has changed since; otherwise a new one. */
async function buildSite(folder: string): Promise<string> {
  const made = join(repositoryFolder, "docs-site");
  if (existsSync(join(made, "index.html"))) {
    const { stdout } = await execa("git", ["ls-files", "-z", "*.md", "packages", "typedoc.json"], {
      cwd: repositoryFolder,
    });
    const since = statSync(join(made, "index.html")).mtimeMs;
    const sources = stdout
      .split("\0")
      .filter((path) => path !== "" && existsSync(join(repositoryFolder, path)));
    if (sources.every((path) => statSync(join(repositoryFolder, path)).mtimeMs < since)) return made;
  }
  const site = join(folder, "site");
  const typedoc = join(repositoryFolder, "node_modules/typedoc/bin/typedoc");
  await execa(process.execPath, [typedoc, "--out", relative(repositoryFolder, site)], {
    cwd: repositoryFolder,
  });
  return site;
}

/** A web server of a folder: browsers keep pages of files apart from their own pictures. */
function serve(folder: string): Server {
  const types: Readonly<Record<string, string>> = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
  };
  return createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://site").pathname));
    // Browsers ask for it by themselves.
    if (path === "/favicon.ico") return void response.writeHead(204).end();
    const file = join(folder, path);
    if (!existsSync(file)) return void response.writeHead(404).end();
    const type = types[extname(path)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type }).end(readFileSync(file));
  });
}

/** What a page of the site calls itself, and its headings. */
function titleOf(path: string): string {
  const text = readFileSync(path, "utf8");
  const heading = /<h1[^>]*>(.*?)<\/h1>/gs;
  return [...text.matchAll(heading)]
    .map(([, inner = ""]) => inner.replace(/<[^>]+>/g, ""))
    .join(" ")
    .replaceAll("&amp;", "&")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'");
}
