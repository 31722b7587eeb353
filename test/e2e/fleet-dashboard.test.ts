import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import {
  type Dashboard,
  type FleetStore,
  openStore,
  type ShownQueue,
  serveDashboard,
  workQueues,
} from "@sampan/fleet/engine";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresTools, startPostgresServer } from "../helpers/postgres-server.ts";
import { redisTools, startRedisServer } from "../helpers/redis-server.ts";
import { lacks } from "../helpers/requires.ts";
import type { StoreServer } from "../helpers/store-server.ts";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function ask(url: string, method = "GET", headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    request.on("error", reject);
    request.end();
  });
}

/** A queue by the title that a browser shows. */
function titled(store: FleetStore, name: string, title = name): ShownQueue {
  return { queue: store.queue(name), title };
}

const servers = [
  { name: "Redis", tools: redisTools, start: startRedisServer },
  { name: "PostgreSQL", tools: postgresTools, start: startPostgresServer },
] as const;

for (const { name, tools, start } of servers) {
  describe.skipIf(lacks(...tools))(`the dashboard of a fleet's queues on ${name}`, () => {
    let server: StoreServer;
    let store: FleetStore;
    let dashboard: Dashboard;
    let bearer: Record<string, string>;

    beforeAll(async () => {
      server = await start();
      store = await openStore({ url: server.url });
      const queue = store.queue("sampan-site-shanghai");
      await queue.add("upload", { runId: "run-1", host: "web-01" }, { jobId: "run-1.upload~1" });
      await store.queue("sampan-any").add("import", { runId: "run-2" }, { jobId: "run-2.import~1" });
      dashboard = await serveDashboard({
        queues: [titled(store, "sampan-site-shanghai", "sampan-site-上海"), titled(store, "sampan-any")],
        port: 0,
      });
      bearer = { Authorization: `Bearer ${new URL(dashboard.url).searchParams.get("token")}` };
    });
    afterAll(async () => {
      await dashboard?.close();
      await store?.close();
      await server?.close();
    });

    it("tells a program with the token of the queues and their jobs", async () => {
      const { status, text } = await ask(
        `${dashboard.origin}/api/queues?activeQueue=sampan-site-shanghai`,
        "GET",
        bearer,
      );
      expect(status).toBe(200);
      const { queues } = JSON.parse(text) as {
        queues: { name: string; displayName: string; readOnlyMode: boolean; counts: { waiting: number } }[];
      };
      expect(
        queues.map(({ name, displayName, readOnlyMode, counts }) => [
          name,
          displayName,
          readOnlyMode,
          counts.waiting,
        ]),
      ).toEqual([
        ["sampan-site-shanghai", "sampan-site-上海", true, 1],
        ["sampan-any", "sampan-any", true, 1],
      ]);
    });

    it("tells nobody else, and gives not even its scripts away", async () => {
      for (const path of ["/", "/api/queues", "/static/favicon-32x32.png", "/queue/sampan-any"])
        expect((await ask(`${dashboard.origin}${path}`)).status, path).toBe(401);
    });

    it("refuses whatever would change a queue, and the job stays", async () => {
      const changes = [
        ["PUT", "/api/queues/sampan-site-shanghai/pause"],
        ["PUT", "/api/queues/sampan-site-shanghai/run-1.upload~1/clean"],
        ["PUT", "/api/queues/sampan-site-shanghai/obliterate"],
        ["POST", "/api/queues/sampan-site-shanghai/add"],
        ["PATCH", "/api/queues/sampan-site-shanghai/run-1.upload~1/update-data"],
      ] as const;
      for (const [method, path] of changes)
        expect((await ask(`${dashboard.origin}${path}`, method, bearer)).status, path).toBe(405);
      const queue = store.queue("sampan-site-shanghai");
      expect(await queue.isPaused()).toBe(false);
      expect(await queue.getJobCounts("waiting")).toEqual({ waiting: 1 });
    });

    it("changes a queue where that is asked for", async () => {
      const queue = store.queue("sampan-any");
      const writable = await serveDashboard({
        queues: [titled(store, "sampan-any")],
        port: 0,
        token: "writes",
        readOnly: false,
      });
      try {
        const headers = { Authorization: "Bearer writes" };
        expect((await ask(`${writable.origin}/api/queues/sampan-any/pause`, "PUT", headers)).status).toBe(
          200,
        );
        expect(await queue.isPaused()).toBe(true);
        expect((await ask(`${writable.origin}/api/queues/sampan-any/resume`, "PUT", headers)).status).toBe(
          200,
        );
        expect(await queue.isPaused()).toBe(false);
      } finally {
        await writable.close();
      }
    });

    it("knows the queues of work of a store, where nothing was registered those that any worker takes", async () => {
      expect((await workQueues(store)).map(({ title }) => title)).toEqual(["sampan-any"]);
    });

    it.skipIf(lacks("chromium"))(
      "shows queues and jobs in a browser at the address that was printed, keeps no token in it, and asks nobody else",
      async () => {
        const browser = await chromium.launch({
          executablePath: "/usr/bin/chromium",
          args: ["--no-sandbox", "--disable-gpu"],
        });
        try {
          const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
          const page = await context.newPage();
          const elsewhere: string[] = [];
          const faults: string[] = [];
          page.on("response", (response) => {
            if (!response.url().startsWith(dashboard.origin)) elsewhere.push(response.url());
          });
          page.on("pageerror", (error) => faults.push(error.message));
          await page.goto(dashboard.url);
          await page.getByText("sampan-site-上海").first().waitFor();
          expect(page.url()).not.toContain("token");
          const [cookie] = await context.cookies();
          expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
          const waiting = `${dashboard.origin}/queue/sampan-site-shanghai?status=waiting`;
          await page.goto(waiting);
          await page.getByText("run-1.upload~1").first().waitFor();
          expect(elsewhere).toEqual([]);
          expect(faults).toEqual([]);
          // Another browser of the same machine has no cookie.
          const stranger = await browser.newContext();
          const answer = await (await stranger.newPage()).goto(waiting);
          expect(answer?.status()).toBe(401);
        } finally {
          await browser.close();
        }
      },
    );
  });
}
