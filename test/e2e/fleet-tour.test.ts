import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Person, person } from "../helpers/person.ts";
import { type RedisServer, redisTools, startRedisServer } from "../helpers/redis-server.ts";
import { type Rehearsal, startRehearsal } from "../helpers/rehearsal.ts";
import { lacks } from "../helpers/requires.ts";
import { sampanProgram } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";
import { writeTinyDisk } from "../helpers/tiny-disk.ts";
import { tmuxScreen } from "../helpers/tmux.ts";

/*
 * One session of `sh` for each width, in which a person looks at a fleet: the rows of docs/parity.md name these tests. What the screens
 * hold is tested beside them; here they are in a terminal, and nothing may be broken or left behind.
 */

const hosts = ["db-01", "web-01", "web-02"];
let folder: string;
let rehearsal: Rehearsal;
let redis: RedisServer;

beforeAll(async () => {
  if (lacks("tmux", ...redisTools)) return;
  folder = await makeFolder();
  rehearsal = await startRehearsal({ switches: { importRole: "ready" } });
  redis = await startRedisServer();
  await Promise.all(hosts.map((host, index) => writeTinyDisk(join(folder, `${host}.raw`), index)));
  await writeFile(
    join(folder, "inventory.csv"),
    [
      "name,source,site,bucket,region,wave,after,size,used",
      `db-01,${folder}/db-01.raw,shanghai,fleet-images,cn-hangzhou,1,,10GiB,2GiB`,
      `web-01,${folder}/web-01.raw,shanghai,fleet-images,cn-hangzhou,1,db-01,10GiB,2GiB`,
      `web-02,${folder}/web-02.raw,beijing,fleet-images,cn-hangzhou,2,,,`,
    ].join("\n"),
  );
  await writeFile(
    join(folder, "fleet.ts"),
    `import { defineFleet } from "@sampan/fleet";
import { Migration } from "sampan";

export default defineFleet({
  inventory: "./inventory.csv",
  plan: (host) =>
    Migration.from(host.source)
      .assess({ accept: { "GUESTOS.SystemImage": "nothing is to boot from it" } })
      .capture()
      .toVhd()
      .upload(host.bucket, { region: host.region, key: \`\${host.name}-\${process.env.TOUR}.vhd\`, createBucket: true, partBytes: 204_800 }),
});
`,
  );
});
afterAll(async () => {
  await Promise.all([rehearsal?.stop(), redis?.close()]);
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe.skipIf(lacks("tmux", ...redisTools)).each([20, 80, 200])("a fleet in %i columns", (columns) => {
  let home: string;
  let someone: Person;

  beforeAll(async () => {
    home = await makeFolder();
    const screen = await tmuxScreen(["sh"], {
      cwd: folder,
      columns,
      kept: home,
      env: { HOME: home, PS1: "$ ", TOUR: String(columns), ...rehearsal.env },
    });
    someone = person(screen, "$", columns);
    await someone.reads(/\$/);
    await someone.enter(`sampan() { '${process.execPath}' '${sampanProgram}' "$@"; }`);
  });
  afterAll(async () => {
    await someone?.screen.close();
    await rm(home, { recursive: true, force: true });
  });
  /** Types a command, reads until it has ended so, and sees that nothing on the screen is broken. */
  async function says(command: string, exitCode: number, ...what: readonly (string | RegExp)[]) {
    await someone.begin();
    await someone.enter(`${command}; echo ended $?`);
    const seen = await someone.reads(new RegExp(`ended${exitCode}\\$$`));
    for (const one of what) {
      if (typeof one === "string") expect(seen).toContain(one.replace(/\s+/g, ""));
      else expect(seen).toMatch(one);
    }
    expect(await someone.broken()).toEqual([]);
  }

  it("is advised on and simulated, in either language", async () => {
    await says("sampan fleet run fleet.ts --dry-run", 0, "3 hosts of 2 sites in 2 waves", "assumption");
    await says("sampan fleet simulate inventory.csv --lang zh-CN", 0, "限制因素", "策略中未给出带宽");
  });

  it("is drawn while it is migrated, told by host when it ends, and leaves nothing of its block behind", async () => {
    const done = columns === 20 ? /web-02/ : /web-02.*(done|warnings)/;
    await says(`SAMPAN_HOME=${home} sampan fleet run fleet.ts`, 3, done, "rehearsal: a simulator answers");
    expect(await someone.screen.visible()).not.toContain("▸");
  });

  it("is left to workers with q, watched from elsewhere, and told by status", async () => {
    const store = `--store ${redis.url} --prefix p${columns}`;
    await someone.begin();
    await someone.enter(`sampan fleet run fleet.ts ${store}; echo ended $?`);
    await someone.sees(/db-01/);
    await someone.press("q");
    await someone.reads(/left:1hostunderway.*ended130\$$/);
    await someone.begin();
    await someone.enter(`sampan fleet watch ${store}; echo ended $?`);
    await someone.sees(/wave1.*db-01|db-01/);
    await someone.press("q");
    await someone.reads(/left:therunsgoon.*ended130\$$/);
    expect(await someone.broken()).toEqual([]);
    await says(`sampan fleet status ${store}`, 0, "db-01", "no worker is there");
    if (columns !== 80) return;
    await says(`sampan fleet cancel nothing ${store}`, 2, "`sampan fleet status --all` lists the runs");
    await says(`sampan fleet drain nowhere ${store}`, 2, "the store knows none of that name");
  });
});
