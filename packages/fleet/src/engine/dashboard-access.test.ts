import { createServer, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createAccess } from "./dashboard-access.ts";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const token = "t0ken-of-this-start";
const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** A server behind the door; who comes in is told so. */
async function served(readOnly = true) {
  const access = createAccess(token, { readOnly });
  const server = createServer((request, response) => {
    if (access.admits(request, response)) response.end(`in at ${request.url}`);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  open.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const ask = (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const request = httpRequest({ host: "127.0.0.1", port, path, method, headers }, (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      });
      request.on("error", reject);
      request.end();
    });
  const login = async (): Promise<string> => {
    const { headers } = await ask(`/?token=${token}`);
    return headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
  };
  return { port, ask, login };
}

describe("the door of a dashboard", () => {
  it("exchanges the token for a cookie that no script reads and no other site sends, and takes it out of the address", async () => {
    const { ask, port } = await served();
    const { status, headers } = await ask(`/queue/sampan-any?status=failed&token=${token}`);
    expect(status).toBe(303);
    expect(headers.location).toBe("/queue/sampan-any?status=failed");
    const cookie = headers["set-cookie"]?.[0] ?? "";
    expect(cookie).toMatch(
      new RegExp(`^sampan-dashboard-${port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
    );
    expect(cookie).not.toContain(token);
    const [pair = ""] = cookie.split(";");
    expect(await ask("/", { Cookie: `other=1; ${pair}` })).toMatchObject({ status: 200, text: "in at /" });
  });

  it("takes the token of a program", async () => {
    const { ask } = await served();
    expect((await ask("/", { Authorization: `Bearer ${token}` })).status).toBe(200);
    expect((await ask("/", { Authorization: `Basic ${token}` })).status).toBe(401);
  });

  it("lets nobody in with nothing, a wrong token, a wrong cookie, or the token as the cookie", async () => {
    const { ask, port } = await served();
    for (const [path, headers] of [
      ["/", {}],
      ["/?token=", {}],
      ["/?token=wrong", {}],
      [`/?token=${token}x`, {}],
      ["/", { Authorization: "Bearer wrong" }],
      ["/", { Cookie: `sampan-dashboard-${port}=${token}` }],
      ["/", { Cookie: `sampan-dashboard-${port}=` }],
      ["/static/js/main.js", {}],
      ["/api/queues", {}],
    ] as const) {
      const { status, headers: answered } = await ask(path, { ...headers });
      expect(status, path).toBe(401);
      expect(answered["set-cookie"]).toBe(undefined);
    }
  });

  it("refuses a host that only points here, token or not", async () => {
    const { ask, port, login } = await served();
    const cookie = await login();
    for (const host of [`evil.example:${port}`, "127.0.0.1:1", "127.0.0.1"]) {
      for (const path of ["/", `/?token=${token}`])
        expect((await ask(path, { Host: host, Cookie: cookie })).status, host).toBe(421);
    }
    expect((await ask("/", { Host: `localhost:${port}`, Cookie: cookie })).status).toBe(200);
  });

  it("leads to no other host", async () => {
    const { ask } = await served();
    for (const path of ["//evil.example/", "/\\\\evil.example", "//[", "http://evil.example/", "*"]) {
      const { status, headers } = await ask(`${path}?token=${token}`);
      expect(status, path).toBe(303);
      expect(headers.location, path).toMatch(/^\/(?![/\\])/);
    }
  });

  it("changes nothing while it is for looking only, whoever asks", async () => {
    const { ask, login } = await served();
    const cookie = await login();
    for (const method of ["PUT", "POST", "PATCH", "DELETE", "OPTIONS"]) {
      expect((await ask("/api/queues/pause", { Cookie: cookie }, method)).status).toBe(405);
      expect((await ask("/", { Authorization: `Bearer ${token}` }, method)).status).toBe(405);
    }
  });

  it("takes changes from its own pages and from programs, not from pages at other ports", async () => {
    const { ask, login, port } = await served(false);
    const cookie = await login();
    const put = (headers: Record<string, string>) => ask("/api/queues/pause", headers, "PUT");
    expect((await put({ Cookie: cookie, Origin: `http://127.0.0.1:${port}` })).status).toBe(200);
    expect((await put({ Cookie: cookie, Origin: "http://127.0.0.1:3000" })).status).toBe(403);
    expect((await put({ Cookie: cookie, Origin: "null" })).status).toBe(403);
    expect((await put({ Cookie: cookie })).status).toBe(403);
    expect((await put({ Authorization: `Bearer ${token}` })).status).toBe(200);
  });

  it("tells browsers to load nothing from elsewhere, to show it in no frame, and to keep nothing", async () => {
    const { ask, login } = await served();
    const { headers } = await ask("/", { Cookie: await login() });
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({ "referrer-policy": "no-referrer", "cache-control": "no-store" });
  });
});
