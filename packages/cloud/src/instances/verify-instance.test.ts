import { createServer, type Server } from "node:net";
import { processorMs } from "@sampan/core/testing";
import { afterEach, describe, expect, it } from "vitest";
import { memoryCloud } from "../testing/memory-cloud.ts";
import { memoryInstance } from "../testing/memory-instance.ts";
import { judgeConsole } from "./console-verdict.ts";
import { type VerifyOptions, verifyInstance } from "./verify-instance.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A service on the loopback that says something to each that connects. */
async function service(greeting: string): Promise<number> {
  const server = createServer((socket) => socket.on("error", () => {}).end(greeting));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function prepared(tags: Readonly<Record<string, string>> = {}) {
  const cloud = memoryCloud();
  const { region, instanceId } = await memoryInstance(cloud);
  const known = cloud.world.instances.get(instanceId);
  if (known === undefined) throw new Error("no instance");
  cloud.world.instances.set(instanceId, { ...known, request: { ...known.request, tags } });
  const options: VerifyOptions = { clock: cloud.clock, random: () => 0.5 };
  return { cloud, request: { region, instanceId }, options };
}

describe("a console", () => {
  const verdict = (text: string) => judgeConsole(text).verdict;

  it("with a login prompt is one of a guest that booted", () => {
    const told = judgeConsole(
      "[  OK  ] Started OpenSSH\r\n\u001b[0mDebian GNU/Linux 12 web-01 ttyS0\r\n\r\nweb-01 login: ",
    );
    expect(told).toMatchObject({ verdict: "booted", reason: "a login prompt" });
    expect(told.lines.at(-1)).toBe("web-01 login:");
  });

  it.each([
    "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
    "ALERT!  UUID=1234 does not exist.  Dropping to a shell!",
    "(initramfs) ",
    "dracut-initqueue[300]: Warning: dracut: FATAL: No root device found",
    "dracut:/# ",
    'You are in emergency mode. After logging in, type "journalctl -xb"',
    "Give root password for maintenance",
    "grub rescue> ",
    "error: no such partition.",
    "No bootable device.",
  ])("with %j is one of a guest that does not boot", (line) => {
    const told = judgeConsole(`[    0.1] Linux version 6.1\n${line}\n`);
    expect(told.verdict).toBe("failed");
    expect(told.lines.at(-1)).toBe(line.trimEnd());
  });

  it("is judged by its last sign: what came before belongs to an earlier boot or was overcome", () => {
    expect(verdict("Kernel panic - not syncing: x\n...\nweb-01 login: ")).toBe("booted");
    expect(verdict("web-01 login: \n...\nKernel panic - not syncing: x\n")).toBe("failed");
  });

  it("that says nothing decides nothing", () => {
    expect(verdict("")).toBe("undecided");
    expect(verdict("[    1.2] systemd[1]: Started something.\nLast login: Mon Jan 1 from 10.0.0.1\n")).toBe(
      "undecided",
    );
  });

  it("of any size and content is judged in bounded time", () => {
    const started = processorMs();
    for (const filler of [
      "a".repeat(3_000_000),
      "\u001b[".repeat(1_500_000),
      "error: ".repeat(400_000),
      "\n".repeat(3_000_000),
    ]) {
      expect(verdict(filler)).toBe("undecided");
    }
    expect(processorMs() - started).toBeLessThan(3_000);
  });
});

describe("the verification of an instance", () => {
  it("takes a login prompt for proof and keeps the console", async () => {
    const { cloud, request, options } = await prepared();
    const seen = await verifyInstance(cloud, request, options);
    expect(seen.verdict).toBe("booted");
    expect(seen.console).toContain("web-01 login:");
    expect(seen.checks.find(({ name }) => name === "console")?.evidence.at(-1)).toBe("web-01 login:");
  });

  it("tells a guest that does not boot at once, with its last lines and a picture", async () => {
    const { cloud, request, options } = await prepared();
    cloud.power.console =
      "Begin: Mounting root\nALERT!  UUID=1 does not exist.  Dropping to a shell!\n(initramfs) ";
    const startedAt = cloud.clock.now();
    const seen = await verifyInstance(cloud, request, options);
    expect(seen.verdict).toBe("failed");
    expect(seen.checks.find(({ name }) => name === "console")?.evidence).toContain("Begin: Mounting root");
    expect(seen.screenshot?.length).toBeGreaterThan(0);
    expect(cloud.clock.now()).toBe(startedAt);
  });

  it("claims nothing where nothing was seen in time", async () => {
    const { cloud, request, options } = await prepared();
    cloud.power.console = "[    0.1] Linux version 6.1\n";
    const seen = await verifyInstance(cloud, request, { ...options, patienceMs: 120_000 });
    expect(seen.verdict).toBe("unproven");
  });

  it("takes the heartbeat of Cloud Assistant for proof, which is Windows' only one besides ports", async () => {
    const { cloud, request, options } = await prepared();
    cloud.power.osType = "windows";
    const silent = await verifyInstance(cloud, request, { ...options, patienceMs: 60_000 });
    expect(silent).toMatchObject({ verdict: "unproven", console: null });
    expect(silent.screenshot?.length).toBeGreaterThan(0);
    cloud.power.assistant = true;
    expect((await verifyInstance(cloud, request, options)).verdict).toBe("booted");
  });

  it("says that nothing booted where a simulator runs no machine", async () => {
    const { cloud, request, options } = await prepared({ "sampan:machine": "simulated" });
    const seen = await verifyInstance(cloud, { ...request, ports: [22] }, options);
    expect(seen.verdict).toBe("simulated");
    expect(seen.checks.map(({ ok }) => ok)).toEqual([null]);
  });

  it("connects to the ports asked for, and wants the banner of SSH from port 22", async () => {
    const ssh = await service("SSH-2.0-OpenSSH_9.2p1\r\n");
    const { cloud, request, options } = await prepared({ "sampan:port:22": `127.0.0.1:${ssh}` });
    cloud.power.console = "";
    const seen = await verifyInstance(cloud, { ...request, ports: [22] }, options);
    expect(seen.verdict).toBe("booted");
    expect(seen.checks.find(({ name }) => name === "port 22")).toMatchObject({
      ok: true,
      evidence: ["SSH-2.0-OpenSSH_9.2p1"],
    });
  });

  it("calls an instance that booted and does not answer unreachable", async () => {
    const other = await service("HTTP/1.1 400 Bad Request\r\n");
    const { cloud, request, options } = await prepared({ "sampan:port:22": `127.0.0.1:${other}` });
    const seen = await verifyInstance(
      cloud,
      { ...request, ports: [22, 3389] },
      { ...options, patienceMs: 30_000 },
    );
    expect(seen.verdict).toBe("unreachable");
    const found = seen.checks.filter(({ name }) => name.startsWith("port")).map(({ found: text }) => text);
    expect(found).toEqual([
      `127.0.0.1:${other} is open and shows no banner of SSH`,
      "the instance has no address",
    ]);
  });

  it("follows a tag to no other host than the loopback, and not in a real cloud", async () => {
    const ssh = await service("SSH-2.0-x\r\n");
    const foreign = await prepared({ "sampan:port:22": "10.0.0.1:22" });
    const short = { ...foreign.options, patienceMs: 1 };
    const seen = await verifyInstance(foreign.cloud, { ...foreign.request, ports: [22] }, short);
    expect(seen.verdict).toBe("unreachable");
    const real = await prepared({ "sampan:port:22": `127.0.0.1:${ssh}`, "sampan:machine": "simulated" });
    const cloud = { ...real.cloud, identity: { ...real.cloud.identity, rehearsal: false } };
    const told = await verifyInstance(cloud, real.request, { ...real.options, patienceMs: 1 });
    expect(told.verdict).toBe("booted");
  });
});
