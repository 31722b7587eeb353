import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parsePlan } from "@sampan/sdk";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { fileServer } from "../../packages/host/src/http/testing/file-server.ts";
import { shellWords } from "../docs/command-lines.ts";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { type QemuFormat, qemuConvert } from "../helpers/qemu-img.ts";
import { lacks } from "../helpers/requires.ts";
import { environment, sampan } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/*
 * That examples type-check is seen by `npm run check`, whose project has them all; examples/own-tests runs among the other tests.
 */

const folder = fileURLToPath(new URL("../../examples", import.meta.url));
const examples = readdirSync(folder).filter((name) => name.endsWith(".migration.ts"));

/** Disks that examples name, made of the small Debian of the demo. */
const exportsOf: readonly (readonly [file: string, format: QemuFormat])[] = [
  ["web-01.vmdk", "vmdk"],
  ["web-01-google.vmdk", "vmdk"],
  ["web-01.qcow2", "qcow2"],
  ["web-01.vhdx", "vhdx"],
  ["web-01.vhd", "vpc"],
  ["export-ami.vhd", "vpc"],
];

/** Those whose source is a machine: what reads such machines has tests of its own (live-capture, live-dd, windows-capture, esxi-host). */
const ofMachines = examples.filter((name) =>
  /"(ssh|esxi):|`ssh:|kind: "winrm"/.test(readFileSync(join(folder, name), "utf8")),
);
const rehearsed = examples.filter((name) => !ofMachines.includes(name));

describe("the examples", () => {
  const without = lacks("qemu-img");
  let copy: string;
  let guest: string;

  beforeAll(async () => {
    copy = mkdtempSync(join(tmpdir(), "sampan-examples-"));
    cpSync(folder, copy, { recursive: true, filter: (path) => !path.includes("/.sampan") });
    symlinkSync(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(copy, "node_modules"));
    guest = await writeFirstGuest(join(copy, ".sampan/demo/first-guest.qcow2"));
    mkdirSync(join(copy, "exports"));
    for (const [file, format] of without ? [] : exportsOf) {
      await qemuConvert({ path: guest, format: "qcow2" }, { path: join(copy, "exports", file), format });
    }
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it("say in their first line what they do and how they are run", () => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      /^(?!\.).*\.(ts|yml)$/.test(name),
    );
    expect(files.length).toBeGreaterThan(20);
    const silent = files.filter((name) => {
      const [first = ""] = readFileSync(join(folder, name), "utf8").split("\n");
      return !/^(\/\/|#) .{20,}\. (Run: |Two commands|Put it into)/.test(first);
    });
    expect(silent).toEqual([]);
  });

  it("have nothing that `sampan check` finds", async () => {
    const done = await sampan(["check", ...examples], { cwd: copy });
    expect(done.stderr + done.stdout).toMatch(
      new RegExp(`^no problems in \\d+ plans of ${examples.length} files`),
    );
    expect(done.exitCode).toBe(0);
  });

  it.concurrent.each(ofMachines)("%s is a plan that the program takes", async (name) => {
    const done = await sampan(["run", name, "--dry-run", "--json"], { cwd: copy });
    expect(done.exitCode, done.stderr).toBe(0);
    const plans = [done.json()].flat();
    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) expect(parsePlan(plan).steps.length).toBeGreaterThan(0);
  });

  describe.skipIf(without)("with disks of their own", () => {
    it("are those of files and instances, and all the others name a machine", () => {
      expect(rehearsed.length).toBeGreaterThanOrEqual(12);
      expect(ofMachines.length).toBeGreaterThanOrEqual(6);
    });

    it("are rehearsed to their end, all in one cloud", async () => {
      const web = await fileServer({
        files: { "/web-01.vhd": readFileSync(join(copy, "exports/web-01.vhd")) },
      });
      onTestFinished(() => web.close());
      const env = { DISK_URL: `${web.origin}/web-01.vhd`, DISK_QUERY: "sig=not-to-be-told" };
      const done = await sampan(["run", ...rehearsed, "--json"], { cwd: copy, env });
      const ended = JSON.parse(done.stdout.trimEnd().split("\n").at(-1) ?? "") as {
        readonly runs: readonly { readonly title: string; readonly state: string; readonly error: unknown }[];
      };
      expect(ended.runs.filter(({ state }) => state !== "finished")).toEqual([]);
      expect(ended.runs).toHaveLength(rehearsed.length);
      expect(done.exitCode).toBe(0);
      expect(web.asked.join()).toContain("not-to-be-told");
      expect(done.stdout + done.stderr).not.toContain("not-to-be-told");
    });

    it("fleet.ts moves every image of a folder", async () => {
      const done = await script("fleet.ts", ["./exports"]);
      expect(done.stdout.split("\n").sort()).toEqual(exportsOf.map(([file]) => `${file} finished`).sort());
    });

    it("notify-a-webhook.ts tells a chat what happens, in order", async () => {
      const chat = await startChat();
      await script("notify-a-webhook.ts", [guest], chat.env);
      expect(chat.texts).toContain("warning GUESTOS.Selinux");
      expect(chat.texts.filter((text) => text.endsWith("is done")).at(-2)).toBe("import is done");
      expect(chat.texts.at(-1)).toBe("all is done");
    });

    it("notify-a-webhook.ts tells a chat how a run failed, and ends with its error", async () => {
      const chat = await startChat();
      await expect(script("notify-a-webhook.ts", ["/no-such.vmdk"], chat.env)).rejects.toThrow(
        "IMAGE_NOT_FOUND",
      );
      expect(chat.texts.at(-1)).toMatch(/^failed: .*no-such\.vmdk/);
    });

    it("notify-a-webhook.ts goes on to its end when the chat is away", async () => {
      const chat = await startChat();
      await chat.close();
      const done = await script("notify-a-webhook.ts", [guest], chat.env);
      expect(done.stderr).toContain("not told: all is done");
    });

    it("the job of ci/github-actions.yml does what it says", async () => {
      const job = readFileSync(join(folder, "ci/github-actions.yml"), "utf8");
      const commands = [...job.matchAll(/^ +- run: npx sampan (.+)$/gm)].map((match) =>
        shellWords(match[1] ?? ""),
      );
      expect(commands.map(([command]) => command)).toEqual(["check", "run", "runs"]);
      const cwd = await temporaryFolder();
      cpSync(join(folder, "first-migration.migration.ts"), join(cwd, "plans/first-migration.migration.ts"));
      for (const words of commands) {
        const done = await sampan(words, { cwd, env: { CI: "true" } });
        expect(done.exitCode, done.stderr).toBe(0);
      }
    });

    /** A server that keeps what it is told, and the variable that leads to it. */
    async function startChat() {
      const texts: string[] = [];
      const server = createServer((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => {
          body += chunk.toString();
        });
        request.on("end", () => {
          texts.push((JSON.parse(body) as { readonly text: string }).text);
          response.end("ok");
        });
      }).listen(0, "127.0.0.1");
      const close = () => new Promise((resolve) => server.close(resolve));
      onTestFinished(() => void close());
      await new Promise((resolve) => server.once("listening", resolve));
      const { port } = server.address() as AddressInfo;
      return { texts, env: { WEBHOOK_URL: `http://127.0.0.1:${port}/hooks` }, close };
    }

    /** Runs a script of the examples as its first line says. */
    async function script(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
      const jiti = fileURLToPath(new URL("../../node_modules/jiti/lib/jiti-cli.mjs", import.meta.url));
      const cwd = await temporaryFolder();
      const files = args.map((path) => join(copy, path.replace(copy, "")));
      return execa(process.execPath, [jiti, join(copy, name), ...files], {
        cwd,
        env: environment({ ...env, SAMPAN_HOME: join(cwd, ".sampan") }),
        extendEnv: false,
        stdin: "ignore",
        timeout: 100_000,
      });
    }
  });
});
