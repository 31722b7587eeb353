import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import type { FleetAdvice, FleetEvent, FleetReport, Simulation } from "@sampan/fleet";
import type { SiteStatus, StoredRunStatus } from "@sampan/fleet/engine";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { postgresTools, startPostgresServer } from "../helpers/postgres-server.ts";
import { type RedisServer, redisTools, startRedisServer } from "../helpers/redis-server.ts";
import { type Rehearsal, startRehearsal } from "../helpers/rehearsal.ts";
import { lacks } from "../helpers/requires.ts";
import { type SampanResult, sampan, sampanProgram, startSampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";
import { writeTinyDisk } from "../helpers/tiny-disk.ts";
import { tmuxScreen } from "../helpers/tmux.ts";

/*
 * One file, though it is long: the commands of a fleet as people type them: the built program, a simulator of the cloud, workers in processes of their own.
 */

const hosts = ["db-01", "web-01", "web-02"];
let folder: string;
let rehearsal: Rehearsal;

beforeAll(async () => {
  folder = await makeFolder();
  rehearsal = await startRehearsal({ switches: { importRole: "ready" } });
  await Promise.all(hosts.map((host, index) => writeTinyDisk(join(folder, `${host}.raw`), index)));
  await writeFile(
    join(folder, "inventory.csv"),
    [
      "name,source,site,bucket,region,wave,after,size,used",
      `db-01,${folder}/db-01.raw,shanghai,fleet-images,cn-hangzhou,1,,10GiB,2GiB`,
      `web-01,${folder}/web-01.raw,shanghai,fleet-images,cn-hangzhou,1,db-01,10GiB,2GiB`,
      `web-02,${folder}/web-02.raw,beijing,fleet-images,cn-hangzhou,2,,10GiB,2GiB`,
    ].join("\n"),
  );
  await writeFleet("fleet.ts", "createBucket: true, partBytes: 204_800");
});
afterAll(async () => {
  await rehearsal?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A fleet's file whose uploads are made so; nothing is to boot from its disks. */
async function writeFleet(name: string, upload: string): Promise<void> {
  await writeFile(
    join(folder, name),
    `import { defineFleet } from "@sampan/fleet";
import { Migration } from "sampan";

export default defineFleet({
  inventory: "./inventory.csv",
  plan: (host) =>
    Migration.from(host.source)
      .assess({ accept: { "GUESTOS.SystemImage": "nothing is to boot from it" } })
      .capture()
      .toVhd()
      .upload(host.bucket, { region: host.region, key: \`\${host.name}-${name}.vhd\`, ${upload} }),
});
`,
  );
}

/** Lines of \`--json\` of a fleet. */
function fleetEvents(result: Pick<SampanResult, "stdout">): readonly FleetEvent[] {
  return result.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as FleetEvent);
}

const finishedHosts = (events: readonly FleetEvent[]) =>
  events.flatMap((event) => (event.type === "host.finished" ? [`${event.host} ${event.outcome}`] : []));

describe("a fleet without a store", () => {
  const at = (args: readonly string[]) => sampan(["fleet", ...args], { cwd: folder, env: rehearsal.env });

  it("is simulated, with every number that rests on", async () => {
    const done = await at(["simulate", "inventory.csv", "--bandwidth", "shanghai=100mbit", "--json"]);
    expect(done.exitCode, done.stderr).toBe(0);
    const simulation = done.json<Simulation>();
    expect(simulation.waves.map(({ wave, hosts: count }) => [wave, count])).toEqual([
      ["1", 2],
      ["2", 1],
    ]);
    expect(simulation.sites.find(({ site }) => site === "shanghai")?.bytesPerSecond).toBe(12_500_000);
    const told = await at(["simulate", "inventory.csv", "--assume", "importBytesPerSecond=1000000"]);
    expect(told.stdout).toMatch(/importBytesPerSecond: 977 KiB\/s .*said on the command line/);
    expect((await at(["simulate", "inventory.csv", "--assume", "luck=7"])).exitCode).toBe(2);
  });

  it("is advised on by a dry run, which starts nothing", async () => {
    const done = await at(["run", "inventory.csv", "--dry-run", "--json"]);
    expect(done.exitCode, done.stderr).toBe(0);
    const advice = done.json<FleetAdvice>();
    expect(advice.bytes.hosts).toBe(3);
    expect(advice.waves.map(({ wave }) => wave)).toEqual(["1", "2"]);
    const told = await at(["run", "inventory.csv", "--dry-run"]);
    expect(told.stdout).toMatch(/3 hosts of 2 sites in 2 waves/);
    expect(told.stderr).toContain("dry run: nothing was done");
    await expect(stat(join(folder, ".sampan"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("is migrated by this machine alone, in the order of its waves, and not twice", async () => {
    const done = await at(["run", "fleet.ts", "--json", "--report", "report.json"]);
    expect([0, 3]).toContain(done.exitCode);
    const events = fleetEvents(done);
    expect(events[0]?.type).toBe("fleet.started");
    expect(events.at(-1)?.type).toBe("fleet.finished");
    expect(finishedHosts(events).map((line) => line.split(" ")[0])).toEqual(hosts);
    const report = JSON.parse(await readFile(join(folder, "report.json"), "utf8")) as FleetReport;
    expect(report.hosts.map(({ host }) => host)).toEqual(hosts);
    expect((await stat(join(folder, "report.json"))).mode & 0o777).toBe(0o600);
    const again = await at(["run", "fleet.ts"]);
    expect(again.stderr).toContain("migrated by this machine alone");
    expect(again.stdout).toMatch(/db-01 +1 +shanghai +(done|warnings)/);
    expect(again.stdout).not.toMatch(/MiB/);
  });

  it("is told as done where it is, also in hours in which nothing may begin", async () => {
    const hour = (offset: number): string =>
      new Date(Date.now() + offset * 3_600_000).toISOString().slice(11, 16);
    const blackout = `{ from: "${hour(-2)}", to: "${hour(3)}", timeZone: "UTC" }`;
    const text = await readFile(join(folder, "fleet.ts"), "utf8");
    await writeFile(
      join(folder, "paused.ts"),
      text.replace("  plan:", `  policy: { blackouts: [${blackout}] },\n  plan:`),
    );
    const done = await at(["run", "paused.ts", "--json"]);
    expect([0, 3], done.stderr).toContain(done.exitCode);
    // Those of a wave are told side by side.
    const told = finishedHosts(fleetEvents(done)).map((line) => line.split(" ")[0]);
    expect(told.sort()).toEqual([...hosts].sort());
  });

  it("is refused where it cannot be meant, before anything is begun", async () => {
    const asked = 'export default Migration.from({ kind: "ssh", host: "a", passwordFrom: "ask" }).assess();';
    await writeFile(join(folder, "ask.migration.ts"), `import { Migration } from "sampan";\n${asked}\n`);
    const refusals: readonly (readonly [readonly string[], RegExp])[] = [
      [["run", "ask.migration.ts"], /nobody sits at a worker to type it/],
      [["run", "fleet.ts", "--report", "report.pdf"], /its ending says no format/],
      [["run", "fleet.ts", "--wave", "9"], /the fleet has no wave 9/],
      [["run", "inventory.csv", "fleet.ts"], /a fleet and something else/],
      [["run", "fleet.ts", "--store", "redis://a", "--redis", "redis://b"], /name two stores/],
      [["run", "nothing.csv"], /there is no such file/],
      [["status"], /no address was given/],
    ];
    for (const [args, message] of refusals) {
      const { exitCode, stderr } = await at(args);
      expect(stderr).toMatch(message);
      expect(exitCode).not.toBe(0);
    }
  });
});

describe.skipIf(lacks(...redisTools))("a fleet with workers", () => {
  let redis: RedisServer;
  let env: Record<string, string>;
  const workers: ReturnType<typeof startSampan>[] = [];

  beforeAll(async () => {
    redis = await startRedisServer();
    env = { ...rehearsal.env, SAMPAN_FLEET_STORE: redis.url };
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) {
      worker.kill("SIGKILL");
      await worker;
    }
  });
  afterAll(() => redis?.close());

  const at = (args: readonly string[]) => sampan(["fleet", ...args], { cwd: folder, env });

  /** Starts a worker, and waits until it works. */
  async function startWorker(...args: readonly string[]) {
    const worker = startSampan(["fleet", "worker", "--json", ...args], { cwd: folder, env });
    workers.push(worker);
    await new Promise<void>((resolve, reject) => {
      let said = "";
      worker.stdout?.on("data", (part) => {
        said += String(part);
        if (said.includes("worker.started")) resolve();
      });
      void worker.then((end) => reject(new Error(String(end.stderr))));
    });
    // In an object: a promise of the process alone would wait for its end.
    return { worker };
  }

  it("is worked on at its sites, watched by the same events, and its workers end when they are asked to", async () => {
    const [{ worker: shanghai }] = await Promise.all([
      startWorker("--site", "shanghai", "--debug-log", "worker.log"),
      startWorker("--site", "beijing", "--no-any"),
    ]);
    await writeFleet("stored.ts", "createBucket: true, partBytes: 204_800");
    const done = await at(["run", "stored.ts", "--json", "--prefix", "sampan"]);
    expect([0, 3], done.stdout.slice(-2000)).toContain(done.exitCode);
    const events = fleetEvents(done);
    expect(finishedHosts(events).map((line) => line.split(" ")[0])).toEqual(hosts);
    const started = events.flatMap((event) => (event.type === "host.started" ? [event.runId] : []));

    const status = (await at(["status", "--all", "--json"])).json<{
      readonly sites: readonly SiteStatus[];
      readonly runs: readonly StoredRunStatus[];
    }>();
    expect(status.sites.map(({ site, workers: alive }) => [site, alive.length])).toEqual([
      ["beijing", 1],
      ["shanghai", 1],
    ]);
    expect(status.runs.map(({ runId, state }) => `${runId} ${state}`).sort()).toEqual(
      started.map((runId) => `${runId} finished`).sort(),
    );
    expect(status.runs.find(({ title }) => title.includes("web-02"))).toMatchObject({
      site: "beijing",
      host: { fleet: "stored.ts", folder: expect.stringMatching(/^\//), wave: "2", name: "web-02" },
    });
    expect((await at(["status", "--all"])).stdout).toMatch(/ web-02 +2 +beijing +finished/);

    shanghai.kill("SIGTERM");
    const ended = await shanghai;
    expect(ended.exitCode, String(ended.stderr)).toBe(0);
    expect(String(ended.stdout)).toContain('"type":"worker.ended"');
    expect(String(ended.stdout)).toMatch(/"type":"host\.run".*"type":"stage\.finished"/);
    const log = await readFile(join(folder, "worker.log"), "utf8");
    expect(log).toMatch(/ http answer .* requestId=\S/);
    expect(started.some((runId) => log.includes(` run stage.finished run=${runId} stage=upload `))).toBe(
      true,
    );
  });

  it("waits for the worker of a site, is cancelled and resumed from elsewhere", async () => {
    await writeFleet("other.ts", "createBucket: true, partBytes: 102_400");
    await startWorker();
    const going = startSampan(["fleet", "run", "other.ts", "--wave", "2", "--json"], { cwd: folder, env });
    const run = await found(async () => (await runs()).find(({ state }) => state === "running"));
    await found(async () => {
      const told = (await at(["status"])).stdout;
      return told.includes("no worker is there for site beijing") ? told : undefined;
    });
    const cancelled = await at(["cancel", run.runId]);
    expect(cancelled.stdout).toContain(`${run.runId}  ${run.title}  cancelled`);
    expect(cancelled.exitCode).toBe(0);
    expect((await going).exitCode).toBe(130);

    await startWorker("--site", "beijing");
    const resumed = await at(["resume", "--all"]);
    expect(resumed.stdout).toContain(run.runId);
    await found(async () =>
      (await runs()).find((one) => one.runId === run.runId && one.state === "finished"),
    );
    expect((await at(["cancel", "--all"])).stderr).toContain("nothing was done");
  });

  it("takes a run over that was begun on one machine, which leaves it alone from then on", async () => {
    const alone = (args: readonly string[]) => sampan(args, { cwd: folder, env });
    await writeFile(
      join(folder, "alone.migration.ts"),
      `import { Migration } from "sampan";

export default Migration.from("${folder}/web-02.raw")
  .assess({ accept: { "GUESTOS.SystemImage": "nothing is to boot from it" } })
  .capture()
  .toVhd()
  .upload("alone-images", { createBucket: true, key: "alone.vhd", partBytes: 204_800 });
`,
    );
    const first = await alone(["run", "alone.migration.ts", "--through", "capture", "--json"]);
    expect(first.exitCode, first.stderr).toBe(0);
    const { runId } = first.lines()[0] as { runId: string };
    expect((await at(["adopt", "20200101-000000-aaaaa"])).exitCode).toBe(2);
    const adopted = await at(["adopt", runId, "--site", "beijing"]);
    expect([adopted.exitCode, adopted.stdout], adopted.stderr).toEqual([0, expect.stringContaining(runId)]);
    expect(adopted.stderr).toContain("sampan fleet watch");
    const again = await at(["adopt", runId, "--json"]);
    expect(again.exitCode).toBe(2);
    expect(again.stdout).toContain("it is there already");
    // Another fleet of the same server knows nothing of it.
    const other = await at(["adopt", runId, "--prefix", "other"]);
    expect([other.exitCode, other.stderr]).toEqual([
      6,
      expect.stringMatching(/RUN_HANDED_OVER[\s\S]*--lost/),
    ]);
    // Before a worker has it, and after.
    for (const args of [
      ["resume", runId],
      ["run", "alone.migration.ts"],
      ["gc", runId, "--confirm", runId],
      ["gc", runId, "--dry-run"],
      ["cancel", runId],
    ]) {
      const refused = await alone(args);
      expect([refused.exitCode, refused.stderr], args.join(" ")).toEqual([
        6,
        expect.stringMatching(/RUN_HANDED_OVER[\s\S]*in the fleet of redis:\/\/[\s\S]*sampan fleet resume/),
      ]);
    }
    // Nor is it taken when none is named.
    const unnamed = await alone(["resume"]);
    expect(unnamed.stderr).toMatch(/looking for a run that has not finished in .*: it goes on in the fleet/);
    expect(unnamed.exitCode, unnamed.stderr).toBe(6);
    expect((await alone(["gc"])).stderr).toContain(`run ${runId} goes on in the fleet of`);
    await startWorker("--site", "beijing");
    const run = await found(async () =>
      (await runs()).find((one) => one.runId === runId && one.state === "finished"),
    );
    expect(run.stages.map(({ state }) => state)).not.toContain("waiting");
    expect((await alone(["resume", runId])).exitCode).toBe(6);
    const sent = rehearsal.simulator.requests.list({ operation: "CompleteMultipartUpload" });
    expect(sent.filter(({ path }) => path.includes("alone.vhd"))).toHaveLength(1);
    // From where this machine left it, for who knows that the first fleet is no more.
    const lost = await at(["adopt", runId, "--prefix", "other", "--lost"]);
    expect([lost.exitCode, lost.stdout], lost.stderr).toEqual([0, expect.stringContaining(runId)]);
    expect((await alone(["resume", runId])).stderr).toMatch(/in the fleet of redis:\S+ \(prefix other\)/);
  });

  it("takes nothing new at a site that is drained", async () => {
    await startWorker("--site", "shanghai");
    expect((await at(["drain", "shanghai"])).stderr).toContain("site shanghai takes nothing new");
    expect((await at(["status"])).stdout).toMatch(/shanghai +1 +0 +0 +drained/);
    expect((await at(["drain", "shanghai", "--undo"])).exitCode).toBe(0);
    expect((await at(["status"])).stdout).not.toContain("drained");
    expect((await at(["drain", "nowhere"])).stderr).toContain("the store knows none of that name");
  });

  it("is watched from elsewhere until its runs have ended", async () => {
    await startWorker("--site", "shanghai");
    await writeFleet("watched.ts", "createBucket: true, partBytes: 102_400, bytesPerSecond: 400_000");
    const going = startSampan(["fleet", "run", "watched.ts", "--wave", "1", "--quiet"], { cwd: folder, env });
    const watched = await found(async () => {
      const result = await at(["watch", "--json"]);
      return result.stdout === "" ? undefined : result;
    });
    const events = fleetEvents(watched);
    // By the names of the inventory, in its waves: the watcher has neither.
    expect(events[0]).toMatchObject({
      type: "fleet.started",
      waves: [{ wave: "1", hosts: [{ host: "db-01", site: "shanghai" }] }],
    });
    expect(events.at(-1)?.type).toBe("fleet.finished");
    expect(events.filter(({ type }) => type === "host.run").length).toBeGreaterThan(5);
    expect([0, 3]).toContain((await going).exitCode);
  });

  it("shows its queues to whoever has the token", async () => {
    const dashboard = startSampan(["fleet", "dashboard", "--json"], { cwd: folder, env });
    const url = await new Promise<string>((resolve, reject) => {
      dashboard.stdout?.once("data", (part) => resolve((JSON.parse(String(part)) as { url: string }).url));
      void dashboard.then((end) => reject(new Error(String(end.stderr))));
    });
    expect((await fetch(url, { redirect: "manual" })).status).toBe(303);
    expect((await fetch(new URL("/", url))).status).toBe(401);
    dashboard.kill("SIGTERM");
    expect((await dashboard).exitCode).toBe(0);
  });

  it("says that a password on the command line is seen by others, and shows it nowhere", async () => {
    const url = redis.url.replace("redis://", "redis://default:canary-word@");
    const { stdout, stderr, exitCode } = await at(["status", "--store", url]);
    expect(stderr).toContain("SAMPAN_FLEET_STORE keeps it to you");
    expect(stdout + stderr).not.toContain("canary-word");
    expect([0, 4]).toContain(exitCode);
  });

  it("says how the runs of the store are listed where one is not known", async () => {
    const { stderr, exitCode } = await at(["cancel", "20261126-000000-aaaaa"]);
    expect(stderr).toMatch(/RUN_NOT_FOUND[\s\S]*`sampan fleet status --all` lists the runs of the store/);
    expect(exitCode).toBe(2);
  });

  async function runs(): Promise<readonly StoredRunStatus[]> {
    return (await at(["status", "--all", "--json"])).json<{ runs: readonly StoredRunStatus[] }>().runs;
  }
});

describe.skipIf(lacks(...redisTools))("a fleet in the shell", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedisServer();
    await writeFile(
      join(folder, "one-by-one.ts"),
      (await readFile(join(folder, "fleet.ts"), "utf8")).replace(
        "  plan:",
        "  policy: { hostsAtOnce: 1 },\n  plan:",
      ),
    );
  });
  afterAll(() => redis?.close());

  it.skipIf(lacks("tmux"))(
    "is left at Ctrl+C and driven no more, and a worker there gives its signals back",
    async () => {
      const env = { ...rehearsal.env, SAMPAN_FLEET_STORE: redis.url, HOME: folder };
      const at = (args: readonly string[]) => sampan(["fleet", ...args], { cwd: folder, env });
      const screen = await tmuxScreen([process.execPath, sampanProgram], { cwd: folder, env });
      await screen.shows(/cn-hangzhou>/);
      await screen.type("-l", ":fleet run one-by-one.ts");
      await screen.type("Enter");
      await screen.shows(/waiting/);
      await found(async () => ((await at(["status"])).stdout.includes("db-01") ? true : undefined));
      await screen.type("C-c");
      await screen.shows(/left: 1 host under way/);
      // The host that was under way ends: whoever drove would begin the next.
      expect((await at(["cancel", "--all"])).exitCode).toBe(124);
      await screen.type("-l", ":fleet worker");
      await screen.type("Enter");
      await screen.shows(/SIGTERM, gives its work back/);
      await found(async () => ((await at(["status"])).stdout.includes("cancelled") ? true : undefined));
      await screen.type("C-c");
      await screen.shows(/another worker goes on with it/);
      const { runs } = (await at(["status", "--all", "--json"])).json<{ runs: readonly StoredRunStatus[] }>();
      expect(runs.map(({ host, state }) => `${host?.name} ${state}`)).toEqual(["db-01 cancelled"]);
      // A signal is the first one again: the shell asks, and does not end as at a second.
      process.kill(await screen.pid(), "SIGINT");
      await screen.type("-l", "20 + 22");
      await screen.type("Enter");
      await screen.shows(/^42$/m);
    },
  );
});

/** What every refusal is: said with what to do, without a stack or a secret, under a code. */
function expectRefusal({ stdout, stderr }: SampanResult, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/\n {2}try: .+\n {2}more: sampan explain FLEET_STORE_/);
  expect(stdout + stderr).not.toMatch(/canary|^ +at /m);
}

describe("a store that cannot serve", () => {
  const status = (url: string, more: readonly string[] = [], env: Record<string, string> = {}) =>
    sampan(["fleet", "status", ...more], { cwd: folder, env: { SAMPAN_FLEET_STORE: url, ...env } });

  it("that is not there, is silent, or is none at all is told apart", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const web = new URL(rehearsal.simulator.endpoint).host.replace("localhost", "127.0.0.1");
    const [away, mute, other, scheme] = await Promise.all([
      status("redis://u:canary@127.0.0.1:1"),
      status(`redis://u:canary@127.0.0.1:${port}`),
      status(`redis://u:canary@${web}`),
      status("mysql://u:canary@127.0.0.1"),
    ]);
    silent.close();
    expectRefusal(away, /FLEET_STORE_UNREACHABLE: .* redis:\/\/u@127\.0\.0\.1:1: connect ECONNREFUSED/);
    expectRefusal(mute, /FLEET_STORE_UNREACHABLE: .*no answer within 10 s\n.*Something listens there/);
    expectRefusal(other, /FLEET_STORE_UNREACHABLE: .*\n(.*because.*\n)?.*Something listens there/);
    expectRefusal(scheme, /FLEET_STORE_URL: .*its scheme is "mysql"/);
  });

  it("lacks a package is told with the command that installs all it needs", async () => {
    const hook = `export const resolve = async (name, context, next) => {
      if (name !== process.env.LACKED) return next(name, context);
      throw Object.assign(new Error("Cannot find package '" + name + "' imported from here"), { code: "ERR_MODULE_NOT_FOUND" });
    };`;
    const uri = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;
    const register = `import { register } from "node:module"; register(${JSON.stringify(uri(hook))});`;
    const lack = (name: string, url: string) =>
      status(url, [], { LACKED: name, NODE_OPTIONS: `--import ${uri(register)}` });
    const [queue, client, postgres] = await Promise.all([
      lack("bullmq", "redis://127.0.0.1:1"),
      lack("ioredis", "redis://127.0.0.1:1"),
      lack("pg", "postgres://127.0.0.1:1/fleet"),
    ]);
    expectRefusal(queue, /bullmq is not installed\n[\s\S]*npm install bullmq ioredis\n/);
    expectRefusal(client, /ioredis is not installed\n[\s\S]*npm install bullmq ioredis\n/);
    expectRefusal(postgres, /pg is not installed\n[\s\S]*npm install bullmq pg\n/);
  });

  it.skipIf(lacks(...redisTools, "openssl"))("and is a Redis says what was refused", async () => {
    const login = { user: "worker", password: "canary:/@%" };
    const rights = "~fleet:* &fleet:* +@all -@dangerous -@admin +info +client|list +client|setname";
    const redis = await startRedisServer({
      tls: true,
      users: [`worker on >${login.password} ${rights}`, "poor on >canary ~fleet:* +@read", "default off"],
      login,
    });
    onTestFinished(() => redis.close());
    const { url, port, tls } = redis;
    const files = ["--store-ca", tls.caFile, "--store-cert", tls.certificateFile, "--store-key", tls.keyFile];
    const ours = ["--prefix", "fleet", ...files];
    const [good, wrong, poor, foreign, unknown, bare, plain, missing] = await Promise.all([
      status(url, ours),
      status(url.replace("canary", "canary2"), ours),
      status(`rediss://poor:canary@127.0.0.1:${port}`, ours),
      status(url, ["--prefix", "other", ...files]),
      status(url, ["--prefix", "fleet"]),
      status(url, ["--prefix", "fleet", "--store-ca", tls.caFile]),
      status(url.replace("rediss:", "redis:"), ["--prefix", "fleet"]),
      status(url, ["--prefix", "fleet", "--store-ca", "nowhere.pem"]),
    ]);
    expect([good.exitCode, good.stderr.trim()]).toEqual([0, "the store holds no runs"]);
    expectRefusal(wrong, /FLEET_STORE_CREDENTIALS: .*the server refused user or password/);
    expectRefusal(poor, /^error FLEET_STORE_CREDENTIALS: .*the user may not do what is needed \(NOPERM/);
    expectRefusal(foreign, /^error FLEET_STORE_CREDENTIALS: .*may not do what is needed \(NOPERM/);
    expectRefusal(unknown, /FLEET_STORE_TLS: .*self-signed certificate/);
    expectRefusal(bare, /FLEET_STORE_(TLS|UNREACHABLE): [\s\S]*--store-cert|client's certificate/);
    expectRefusal(plain, /FLEET_STORE_UNREACHABLE: [\s\S]*`rediss:/);
    expectRefusal(missing, /FLEET_STORE_TLS: .*nowhere\.pem cannot be read \(ENOENT\)/);
    expect([wrong, poor, foreign].map(({ exitCode }) => exitCode)).toEqual([4, 4, 4]);
  });

  it.skipIf(lacks(...postgresTools))("and is a PostgreSQL says what was refused", async () => {
    const postgres = await startPostgresServer();
    onTestFinished(() => postgres.close());
    const { url } = postgres;
    const [good, wrong, none, rightless, plain] = await Promise.all([
      status(url),
      status(url.replace("canary-of-postgres", "canary")),
      status(url.replace("/fleet", "/nowhere")),
      // A database that is there, and in which this user may do nothing but look around.
      status(url.replace("/fleet", "/postgres")),
      status(`${url}?sslmode=verify-full`),
    ]);
    expect([good.exitCode, good.stderr.trim()]).toEqual([0, "the store holds no runs"]);
    expectRefusal(wrong, /FLEET_STORE_CREDENTIALS: .*the server refused user or password/);
    expectRefusal(none, /FLEET_STORE_CREDENTIALS: .*database "nowhere" does not exist/);
    expectRefusal(rightless, /FLEET_STORE_CREDENTIALS: .*permission denied for database/);
    expectRefusal(plain, /FLEET_STORE_TLS: .*does not support SSL/);
  });
});

/** What is there after some time. */
async function found<Thing>(look: () => Promise<Thing | undefined>): Promise<Thing> {
  const untilMs = Date.now() + 60_000;
  for (;;) {
    const thing = await look();
    if (thing !== undefined) return thing;
    if (Date.now() > untilMs) throw new Error("it did not come");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
