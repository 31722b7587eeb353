import { copyFile, mkdir, readdir } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { lacks } from "../helpers/requires.ts";
import { environment, sampan, sampanProgram } from "../helpers/sampan.ts";
import { contactsIn, isOfThisMachine, underAudit } from "../helpers/socket-audit.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/*
 * Whom the program talks to: in a rehearsal nobody beyond this machine, with a real account the vendor's endpoints alone. There is no
 * telemetry, and this holds it so; a whole session of the shell is watched in shell-tour.test.ts.
 */

const examples = fileURLToPath(new URL("../../examples", import.meta.url));

/** A folder with the first example and its disk. */
async function rehearsalFolder(): Promise<string> {
  const cwd = await temporaryFolder();
  await mkdir(join(cwd, ".sampan/demo"), { recursive: true });
  await writeFirstGuest(join(cwd, ".sampan/demo/first-guest.qcow2"));
  await copyFile(join(examples, "first-migration.migration.ts"), join(cwd, "first.migration.ts"));
  return cwd;
}

describe.skipIf(lacks("strace"))("a rehearsal", () => {
  it("of an example talks to this machine alone", async () => {
    const cwd = await rehearsalFolder();
    const log = join(cwd, "contacts");
    const [strace = "", ...args] = underAudit(log, [
      process.execPath,
      sampanProgram,
      "run",
      "first.migration.ts",
    ]);
    const done = await execa(strace, args, {
      cwd,
      env: environment({ HOME: cwd }),
      extendEnv: false,
      reject: false,
    });
    expect(done.exitCode, done.stderr).toBe(0);
    const contacts = await contactsIn(log);
    // The simulator was reached, so that the list is no list of nothing.
    expect(contacts.some(({ family }) => family === "AF_INET" || family === "AF_INET6")).toBe(true);
    expect(contacts.filter((contact) => !isOfThisMachine(contact))).toEqual([]);
  });
});

describe("a real account", () => {
  const asked: string[] = [];
  const proxy = http.createServer((_request, response) => response.writeHead(502).end());
  proxy.on("connect", (request, socket) => {
    asked.push(request.url ?? "");
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => new Promise((resolve) => proxy.close(resolve)));

  it("is reached at the vendor's endpoints alone, and a key in the environment chooses none", async () => {
    const cwd = await temporaryFolder();
    const env = {
      HOME: cwd,
      SAMPAN_CACHE: join(cwd, "cache"),
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      ALIBABA_CLOUD_ACCESS_KEY_ID: "LTAI5tExampleExample9f2c",
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: "ExampleSecretOfNobody000000001",
    };
    await sampan(["names"], { cwd, env });
    await sampan(["plan", "first.migration.ts"], { cwd, env });
    expect(asked).toEqual([]);
    const refused = await sampan(["names", "--refresh", "--cloud", "alibaba"], { cwd, env });
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stdout + refused.stderr).not.toContain("ExampleSecretOfNobody");
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((host) => !/^[a-z0-9.-]+\.aliyuncs\.com:443$/.test(host))).toEqual([]);
    expect(await readdir(join(cwd, "cache")).catch(() => [])).toEqual([]);
  });
});
