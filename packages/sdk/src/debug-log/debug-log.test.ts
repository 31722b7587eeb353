import { spawn } from "node:child_process";
import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debugChannels, hiddenPath, SampanError, shownArguments } from "@sampan/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tellError, tellRunEvent } from "../run/run-channels.ts";
import { type DebugLog, openDebugLog } from "./debug-log.ts";

let folder = "";
let log: DebugLog;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sampan-debug-"));
  log = openDebugLog({ file: join(folder, "log"), about: { sampan: "0.0.0", argv: ["run", "plan.json"] } });
});
afterEach(() => {
  log.close();
  rmSync(folder, { recursive: true, force: true });
});

const lines = (): readonly string[] => readFileSync(join(folder, "log"), "utf8").trimEnd().split("\n");
/** As `once` does, which takes an error before it for its end. */
const closed = (emitter: NodeJS.EventEmitter) => new Promise((resolve) => emitter.once("close", resolve));
/** Lines without time and process. */
const said = (area: string): readonly string[] =>
  lines().flatMap((line) => {
    const [, , first, ...rest] = line.split(" ");
    return first === area ? [rest.join(" ").replace(/tookMs=\d+/, "tookMs=N")] : [];
  });

async function serving(listener: http.RequestListener): Promise<{ port: number; stop(): Promise<unknown> }> {
  const server = http.createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections();
      server.close();
      return once(server, "close");
    },
  };
}

describe("an open debug log", () => {
  it("begins with program, machine, command line, and names of variables", () => {
    const [first = ""] = lines();
    expect(first).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z \d+ program begins sampan=0\.0\.0 argv=/);
    expect(first).toContain(`node=${process.version} platform=${process.platform}-${process.arch}`);
    expect(first).toMatch(/ variables=\["/);

    expect(lines().every((line) => line.split(" ")[1] === String(process.pid))).toBe(true);
  });

  it("has each of several errors that one stands for, and outlives errors that are none", () => {
    const several = new AggregateError(
      [new Error("the first way"), new Error("the second way")],
      "both ways",
    );
    tellError({ run: "r1" }, new SampanError("CLOUD_FAILED", "asking ECS", { cause: several }));
    expect(said("error").map((line) => / error=("[^"]*")/.exec(line)?.[1])).toEqual([
      '"asking ECS"',
      '"both ways"',
      '"the first way"',
      '"the second way"',
    ]);
    const strange = Object.assign(new Error("strange"), { stack: 5, cause: {} });
    Object.assign(strange, { cause: strange });
    tellError({ run: "r2" }, strange);
    const inItself: { self?: unknown } = {};
    inItself.self = inItself;
    tellRunEvent("r3", { type: "stage.finished", stage: "s", output: inItself as never, tookMs: 1 });
    tellRunEvent("r4", { type: "stage.started", stage: "s", summary: "", attempt: 1 });
    expect(said("run").at(-1)).toContain("run=r4");
  });

  it("masks passwords of addresses that variables have, wherever they stand", () => {
    process.env.SAMPAN_TEST_STORE = "redis://ann:sesame-street@h:6379";
    try {
      const second = openDebugLog({ file: join(folder, "second"), about: { said: "it was sesame-street" } });
      second.close();
    } finally {
      delete process.env.SAMPAN_TEST_STORE;
    }
    expect(readFileSync(join(folder, "second"), "utf8")).toContain('said="it was ******"');
  });

  it("has no path of a request that says it may be a secret", async () => {
    const { port, stop } = await serving((_, response) => response.end("{}"));
    const request = http.request({
      port,
      host: "127.0.0.1",
      path: "/creds/secret-path?Action=secret-action",
    });
    Object.assign(request, { [hiddenPath]: true });
    request.end();
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    response.resume();
    await once(response, "end");
    await stop();
    expect(said("http")[0]).toContain(`url=http://127.0.0.1:${port}/…`);
    expect(lines().join("\n")).not.toContain("secret-");
  });

  it("has requests with action, status and request id, and neither headers, bodies nor signatures", async () => {
    const { port, stop } = await serving((_, response) => {
      response.writeHead(403, { "x-acs-request-id": "0C2D-77", "set-cookie": "secret-cookie" });
      response.end("secret-answer");
    });
    const request = http.request({
      port,
      host: "127.0.0.1",
      method: "POST",
      path: "/bucket/disk.vhd?partNumber=3&uploadId=ABC&Signature=secret-signature&x-oss-security-token=secret-token",
      headers: { "x-acs-action": "ImportImage", Authorization: "secret-authorization", "Content-Length": 11 },
    });
    request.end("secret-body");
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    response.resume();
    await once(response, "end");
    await stop();
    const what = `n=1 method=POST url=http://127.0.0.1:${port}/bucket/disk.vhd action=ImportImage uploadId=ABC partNumber=3 bodyBytes=11`;
    expect(said("http")).toEqual([`request ${what}`, `answer ${what} status=403 requestId=0C2D-77 tookMs=N`]);
    expect(lines().join("\n")).not.toContain("secret-");
  });

  it("has requests that fail, are cut off, or get no answer", async () => {
    const { port, stop } = await serving((request, response) => {
      if (request.url === "/half") {
        response.writeHead(200, { "content-length": 10 });
        response.write("12345", () => response.destroy());
      }
    });
    const half = http.get({ port, host: "127.0.0.1", path: "/half" });
    const [response] = (await once(half, "response")) as [http.IncomingMessage];
    const isClosed = closed(response);
    response.on("error", () => undefined).resume();
    await isClosed;
    const silent = http.get({ port, host: "127.0.0.1", path: "/silent" }).on("error", () => undefined);
    await once(silent, "finish");
    silent.destroy();
    await closed(silent);
    await stop();
    const refused = http.get({ port, host: "127.0.0.1", path: "/refused" });
    await once(refused, "error");
    const told = said("http").filter((line) => !/^(request|answer) n=/.test(line));
    expect(told[0]).toBe("answer broken off n=1 tookMs=N");
    expect(told[1]).toMatch(/^(closed without an answer n=2|request failed n=2 .*code=ECONNRESET)/);
    expect(told[2]).toMatch(/^request failed n=3 method=GET .*\/refused code=ECONNREFUSED /);
  });

  it("has programs of this machine, with arguments only where Sampan wrote them", async () => {
    const ours = spawn("sh", ["-c", "exit 3"]);
    Object.assign(ours, { [shownArguments]: true });
    const theirs = spawn("sh", ["-c", "exit 0", "secret-argument"]);
    const missing = spawn(join(folder, "no-such-program"), ["secret-argument"]);
    await Promise.all([
      once(ours, "exit"),
      once(theirs, "exit"),
      once(missing, "error").catch(() => undefined),
    ]);
    const told = said("program")
      .slice(1)
      .map((line) => line.replace(/child=\d+/, "child=N"));
    expect([...told].sort()).toEqual(
      [
        'started child=N argv=["sh","-c","exit 3"]',
        "started child=N name=sh arguments=3",
        "failed name=no-such-program code=ENOENT syscall=spawn",
        "ended child=N name=sh exitCode=3 tookMs=N",
        "ended child=N name=sh exitCode=0 tookMs=N",
      ].sort(),
    );
    expect(lines().join("\n")).not.toContain("secret-argument");
  });

  it("has events of runs but for progress, and errors with stacks and causes", () => {
    tellRunEvent("r1", { type: "stage.started", stage: "upload", summary: "a b", attempt: 1 });
    tellRunEvent("r1", {
      type: "stage.progress",
      stage: "upload",
      doneBytes: 1,
      totalBytes: null,
      ratePerSecond: null,
      note: null,
    });
    const cause = Object.assign(new Error("socket hang up"), { code: "ECONNRESET", config: "secret-config" });
    const error = new SampanError("CLOUD_FAILED", "asking ECS", { cause, details: { requestId: "R-1" } });
    tellError({ run: "r1", stage: "upload" }, error);
    expect(said("run")).toEqual(['stage.started run=r1 stage=upload summary="a b" attempt=1']);
    const [thrown, caused, ...more] = said("error");
    expect(thrown).toMatch(
      /^thrown run=r1 stage=upload depth=0 kind=SampanError code=CLOUD_FAILED error="asking ECS" details=.*R-1.* stack="at .*debug-log\.test\.ts/,
    );
    expect(caused).toMatch(/^caused by .* depth=1 kind=Error code=ECONNRESET error="socket hang up" stack=/);
    expect(more).toEqual([]);
    expect(lines().join("\n")).not.toContain("secret-config");
  });

  it("has programs on hosts, and settings with where they were said", () => {
    const commands = channel(debugChannels.hostCommand);
    const command = { id: 1, host: "ssh://root@web-01", argv: ["cat", "x".repeat(500)] };
    commands.publish(command);
    commands.publish({ ...command, end: { kind: "ended", exitCode: 1, tookMs: 7 } });
    channel(debugChannels.settings).publish({
      settings: [
        {
          name: "region",
          value: "cn-hangzhou",
          origin: { kind: "project", name: "sampan.config.ts", line: 3 },
        },
        { name: "parallel", value: 4, origin: { kind: "default", name: "", line: null } },
      ],
    });
    const [started = "", ended = ""] = said("host");
    expect(started).toMatch(/^started n=1 host=ssh:\/\/root@web-01 argv=\["cat","x{200}…"\]$/);
    expect(ended).toMatch(/^ended n=1 .* exitCode=1 tookMs=N$/);
    expect(said("setting")).toEqual([
      "region value=cn-hangzhou from=project:sampan.config.ts:3",
      "parallel value=4 from=default",
    ]);
  });

  it("listens to nothing once it is closed, and nothing before it is opened", () => {
    const names = [...Object.values(debugChannels), "http.client.request.start", "child_process"];
    expect(names.filter((name) => !channel(name).hasSubscribers)).toEqual([]);
    log.close();
    expect(names.filter((name) => channel(name).hasSubscribers)).toEqual([]);
    expect(process.listeners("uncaughtExceptionMonitor")).toEqual([]);
  });

  it("does no harm by a message it does not understand", () => {
    for (const name of Object.values(debugChannels)) channel(name).publish(null);
    expect(lines()).toHaveLength(1);
  });
});
