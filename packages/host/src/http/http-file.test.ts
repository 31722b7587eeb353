import { defaultRetryPolicy, SampanError, Secret } from "@sampan/core";
import { virtualClock } from "@sampan/core/testing";
import { blockSourceContract, firstDifference, patternSource, readAll } from "@sampan/image/testing";
import { afterEach, describe, expect, it } from "vitest";
import { HttpClient } from "./http-client.ts";
import { askHttpFile, HttpFile } from "./http-file.ts";
import type { HttpOptions, HttpTarget } from "./http-target.ts";
import { type FileServer, type FileServerOptions, fileServer } from "./testing/file-server.ts";

const sizeBytes = 300_000;
const bytes = await readAll(patternSource(sizeBytes));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(options: Partial<FileServerOptions> = {}): Promise<FileServer> {
  const server = await fileServer({ files: { "/d/disk.raw": bytes }, ...options });
  closing.push(() => server.close());
  return server;
}

function clientOf(target: HttpTarget, options: HttpOptions = {}): HttpClient {
  const client = new HttpClient(target, options);
  closing.push(() => client.close());
  return client;
}

const quick = () => ({ clock: virtualClock(), timeoutMs: 2_000 });

async function open(server: FileServer, options: HttpOptions = quick()): Promise<HttpFile> {
  const client = clientOf({ url: `${server.origin}/d/disk.raw` }, options);
  const version = await askHttpFile(client, client.url, options);
  if (version === undefined) throw new Error("the file is not there");
  return new HttpFile(client, client.url, version, options);
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
const readPart = (file: HttpFile, offset = 1000, length = 5000) =>
  file.read({ offset, length }, new Uint8Array(length));

blockSourceContract("a file on a web server", async () => ({
  source: await open(await serve()),
  expected: bytes,
}));

describe("a file on a web server", () => {
  it.each([
    ["etag", true],
    ["date", true],
    ["weak", true],
    ["none", false],
  ] as const)("with validators of kind %s is stable: %s", async (validators, stable) => {
    const file = await open(await serve({ validators }));
    expect([file.sizeBytes, file.features.stable]).toEqual([sizeBytes, stable]);
    expect(firstDifference(await readAll(file), bytes)).toBe(-1);
  });

  it("is read through connections that stay open, no more than allowed", async () => {
    const server = await serve();
    const file = await open(server, { ...quick(), connections: 3 });
    await Promise.all(Array.from({ length: 40 }, (_, index) => readPart(file, index * 5000)));
    expect(server.connections()).toBeLessThanOrEqual(4);
  });

  it("goes on where a cut connection broke off, for as long as each brings something", async () => {
    // Each answer brings 9,000 bytes and breaks: far more breaks than attempts.
    const server = await serve({
      intercept(request, response, number) {
        const [, from = 0, to = 0] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "")?.map(Number) ?? [];
        if (number === 1 || to - from < 9_000) return false;
        response.writeHead(206, {
          "Content-Range": `bytes ${from}-${to}/${sizeBytes}`,
          "Content-Length": to - from + 1,
        });
        response.write(bytes.subarray(from, from + 9_000), () => request.socket.destroy());
        return true;
      },
    });
    const file = await open(server);
    expect(firstDifference(await readAll(file), bytes)).toBe(-1);
    expect(server.asked.length).toBeGreaterThan(30);
  });

  it("takes a shorter part than asked for and asks for the rest", async () => {
    const server = await serve({
      intercept(request, response, number) {
        const [, from = 0, to = 0] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "")?.map(Number) ?? [];
        if (number === 1 || to - from < 50_000) return false;
        const last = from + 49_999;
        response.writeHead(206, { "Content-Range": `bytes ${from}-${last}/${sizeBytes}` });
        response.end(bytes.subarray(from, last + 1));
        return true;
      },
    });
    expect(firstDifference(await readAll(await open(server)), bytes)).toBe(-1);
  });

  it("is asked for again as its server wishes, and given up after so many failures", async () => {
    const clock = virtualClock();
    let failing = true;
    const server = await serve({
      intercept(_request, response, number) {
        if (number === 1 || !failing) return false;
        response.writeHead(503, { "Retry-After": "7" }).end();
        return true;
      },
    });
    const file = await open(server, { clock });
    expect(await failure(readPart(file))).toMatchObject({ code: "HOST_CONNECTION_LOST", retryable: true });
    expect(server.asked).toHaveLength(1 + defaultRetryPolicy.attempts);
    expect(clock.slept.every((ms) => ms >= 7_000)).toBe(true);
    failing = false;
    await readPart(file);
  });

  it.each([
    ["etag" as const, "its ETag is another"],
    ["weak" as const, "its ETag is another"],
  ])("that is replaced in the middle ends in HOST_SOURCE_CHANGED (%s)", async (validators, how) => {
    const files = { "/d/disk.raw": bytes };
    const file = await open(await serve({ files, validators }));
    await readPart(file);
    files["/d/disk.raw"] = bytes.toReversed();
    expect(await failure(readPart(file))).toMatchObject({
      code: "HOST_SOURCE_CHANGED",
      message: expect.stringContaining(how),
    });
  });

  it.each([
    ["grows", new Uint8Array(sizeBytes + 1)],
    ["shrinks", new Uint8Array(500)],
    ["goes", undefined],
  ])("that %s in the middle ends in HOST_SOURCE_CHANGED", async (_how, now) => {
    const files: Record<string, Uint8Array> = { "/d/disk.raw": bytes };
    const file = await open(await serve({ files, validators: "none" }));
    if (now) files["/d/disk.raw"] = now;
    else delete files["/d/disk.raw"];
    expect(await failure(readPart(file))).toMatchObject({ code: "HOST_SOURCE_CHANGED" });
  });

  it("whose server gives only whole files is refused by name", async () => {
    const server = await serve({
      intercept: (_request, response) => {
        response.writeHead(200, { "Content-Length": sizeBytes }).end(bytes);
        return true;
      },
    });
    expect(await failure(open(server))).toMatchObject({
      code: "HOST_RANGES_UNSUPPORTED",
      details: { contentLength: sizeBytes },
    });
  });

  const lies: [string, Record<string, string>][] = [
    ["another part", { "Content-Range": `bytes 0-4999/${sizeBytes}` }],
    ["more than asked", { "Content-Range": `bytes 1000-9999/${sizeBytes}` }],
    ["a part without place", {}],
    ["a part of an unknown whole", { "Content-Range": "bytes 1000-5999/*" }],
    ["numbers without end", { "Content-Range": `bytes 1000-5999/${"9".repeat(400)}` }],
    ["packed bytes", { "Content-Range": `bytes 1000-5999/${sizeBytes}`, "Content-Encoding": "gzip" }],
    ["several parts", { "Content-Type": "multipart/byteranges; boundary=x" }],
  ];
  it.each(lies)("whose server answers with %s is not believed", async (_what, headers) => {
    const server = await serve({
      intercept(_request, response, number) {
        if (number === 1) return false;
        response.writeHead(206, headers).end(new Uint8Array(5000));
        return true;
      },
    });
    const error = await failure(readPart(await open(server)));
    expect(error).toMatchObject({ code: "HOST_ANSWER_INVALID" });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may come through.
    expect(String(error)).not.toMatch(/[\u0000-\u001f]/);
  });

  it("never writes past what was asked for, whatever else is sent", async () => {
    const server = await serve({
      intercept(_request, response, number) {
        if (number === 1) return false;
        response.writeHead(206, { "Content-Range": `bytes 1000-5999/${sizeBytes}` });
        response.end(new Uint8Array(50_000).fill(7));
        return true;
      },
    });
    const file = await open(server);
    const room = new Uint8Array(8000);
    await file.read({ offset: 1000, length: 5000 }, room.subarray(0, 5000));
    expect(room.subarray(5000).every((byte) => byte === 0)).toBe(true);
  });

  it("whose server falls silent is given up after the time that was set", async () => {
    const server = await serve({ intercept: (_request, _response, number) => number > 1 });
    const options = {
      clock: virtualClock(),
      timeoutMs: 30,
      retryPolicy: { attempts: 2, baseMs: 1, capMs: 1 },
    };
    const file = await open(server, options);
    expect(await failure(readPart(file))).toMatchObject({ code: "HOST_CONNECTION_LOST" });
    expect(server.asked).toHaveLength(3);
  });

  it("stops when cancelled, also in the middle of an answer", async () => {
    const controller = new AbortController();
    const server = await serve({
      intercept(_request, response, number) {
        if (number === 1) return false;
        response.writeHead(206, { "Content-Range": `bytes 1000-5999/${sizeBytes}` });
        response.write(new Uint8Array(100), () => controller.abort());
        return true;
      },
    });
    const file = await open(server);
    const reading = file.read({ offset: 1000, length: 5000 }, new Uint8Array(5000), controller.signal);
    expect(await failure(reading)).toMatchObject({ code: "CORE_CANCELLED" });
  });
});

describe("asking for a file on a web server", () => {
  it("says that there is none, and opens an empty one", async () => {
    const server = await serve({ files: { "/empty": new Uint8Array(0) } });
    const client = clientOf({ url: `${server.origin}/empty` });
    expect(await askHttpFile(client, new URL("/none", server.origin), {})).toBeUndefined();
    expect(await askHttpFile(client, client.url, {})).toMatchObject({ sizeBytes: 0 });
  });

  it("sends the password to its own origin alone, also across redirects", async () => {
    const seen: Record<string, string | undefined> = {};
    const remember = (name: string) => (request: { headers: { authorization?: string | undefined } }) => {
      seen[name] = request.headers.authorization;
      return false;
    };
    const other = await serve({ intercept: remember("other") });
    const first = await serve({
      intercept(request, response) {
        remember("first")(request);
        response.writeHead(302, { Location: `${other.origin}/d/disk.raw?signature=abc` }).end();
        return true;
      },
    });
    const client = clientOf({ url: `${first.origin}/x`, user: "ann", password: new Secret("p:ä") });
    const version = await askHttpFile(client, client.url, {});
    expect(version?.sizeBytes).toBe(sizeBytes);
    expect(seen).toEqual({
      first: `Basic ${Buffer.from("ann:p:ä").toString("base64")}`,
      other: undefined,
    });
  });

  it("asks where a redirect led, and anew when that place has expired", async () => {
    let ticket = 1;
    const server = await serve({
      intercept(request, response) {
        const url = new URL(request.url ?? "", "http://x");
        if (url.pathname === "/go") {
          response.writeHead(307, { Location: `/d/disk.raw?ticket=${ticket}` }).end();
          return true;
        }
        if (url.searchParams.get("ticket") === String(ticket)) return false;
        response.writeHead(403).end();
        return true;
      },
    });
    const client = clientOf({ url: `${server.origin}/go` });
    const version = await askHttpFile(client, client.url, {});
    const file = new HttpFile(client, client.url, version as NonNullable<typeof version>, {});
    await readPart(file);
    await readPart(file);
    ticket = 2;
    await readPart(file);
    const paths = server.asked.map((line) => line.split(" ")[0]);
    expect(paths).toEqual([
      "/go",
      "/d/disk.raw?ticket=1",
      "/go",
      "/d/disk.raw?ticket=1",
      "/d/disk.raw?ticket=1",
      "/d/disk.raw?ticket=1",
      "/go",
      "/d/disk.raw?ticket=2",
    ]);
  });

  it.each([
    ["in a circle", "/d/disk.raw"],
    ["to a file of this machine", "file:///etc/shadow"],
    ["nowhere", undefined],
  ])("follows no redirect %s", async (_where, location) => {
    const server = await serve({
      intercept(_request, response) {
        response.writeHead(301, location === undefined ? {} : { Location: location }).end();
        return true;
      },
    });
    expect(await failure(open(server))).toMatchObject({ code: "HOST_ANSWER_INVALID" });
    expect(server.asked.length).toBeLessThanOrEqual(6);
  });

  it.each([
    [401, "HOST_LOGIN_REFUSED"],
    [403, "HOST_LOGIN_REFUSED"],
    [400, "HOST_ANSWER_INVALID"],
    [500, "HOST_CONNECTION_LOST"],
  ])("answered with status %s ends in %s", async (status, code) => {
    const server = await serve({
      intercept(_request, response) {
        response.writeHead(status).end("\u001b[31mugly");
        return true;
      },
    });
    expect(await failure(open(server))).toMatchObject({ code, details: { status } });
  });

  it("says that nothing answers", async () => {
    const server = await serve();
    await server.close();
    const error = await failure(open(server));
    expect(error).toMatchObject({ code: "HOST_UNREACHABLE", details: { reason: "ECONNREFUSED" } });
  });

  it.each(["ftp://host/disk.raw", "disk.raw", "https://ann:secret@host/disk.raw", "https://"])(
    "refuses the address %s",
    (url) => {
      const error = (() => {
        try {
          return new HttpClient({ url }, {});
        } catch (thrown) {
          return thrown;
        }
      })();
      expect(error).toMatchObject({ code: "HOST_SOURCE_INVALID" });
      expect(JSON.stringify([String(error), (error as SampanError).hint])).not.toContain("secret");
    },
  );

  it("sends no password in the clear to another machine", () => {
    const target = { url: "http://files.example.com/d.raw", user: "ann", password: new Secret("x") };
    expect(() => new HttpClient(target, {})).toThrow(SampanError);
  });

  it("keeps a signature in the address out of every message", async () => {
    const server = await serve();
    const client = clientOf({ url: `${server.origin}/d/disk.raw?X-Signature=abcdef&dsName=ds%201` });
    await server.close();
    const error = await failure(askHttpFile(client, client.url, quick()));
    expect(String(error)).not.toContain("abcdef");
    expect(String(error)).toContain("dsName=ds+1");
  });
});
