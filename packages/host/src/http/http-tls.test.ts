import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { Secret } from "@sampan/core";
import { virtualClock } from "@sampan/core/testing";
import { afterEach, describe, expect, it } from "vitest";
import { HttpClient } from "./http-client.ts";
import { askHttpFile } from "./http-file.ts";
import type { HttpOptions } from "./http-target.ts";
import { fileServer } from "./testing/file-server.ts";
import { testCertificate } from "./testing/test-certificate.ts";

const files = { "/disk.raw": new Uint8Array(4096) };
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function ask(url: string, options: HttpOptions) {
  const all = {
    clock: virtualClock(),
    retryPolicy: { attempts: 2, baseMs: 1, capMs: 1 },
    timeoutMs: 2000,
    ...options,
  };
  const client = new HttpClient({ url }, all);
  closing.push(() => client.close());
  return askHttpFile(client, client.url, all).then(
    (version) => version?.sizeBytes,
    (error: { code: string }) => error.code,
  );
}

async function secureServer() {
  const server = await fileServer({ files, secure: true });
  closing.push(() => server.close());
  return server;
}

/** A proxy on loopback that reaches the ports it is told, and asks for a user. */
async function proxyTo(port: number, login?: string) {
  const asked: string[] = [];
  const wanted = login && `Basic ${Buffer.from(login).toString("base64")}`;
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (wanted && request.headers["proxy-authorization"] !== wanted)
      return void response.writeHead(407).end();
    const { "proxy-authorization": _, ...headers } = request.headers;
    const path = new URL(request.url ?? "").pathname;
    http.get({ host: "127.0.0.1", port, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
  });
  server.on("connect", (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    if (wanted && request.headers["proxy-authorization"] !== wanted) {
      return void socket.end("HTTP/1.1 407 Who is it\r\n\r\n");
    }
    const behind = net.connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Established\r\n\r\n");
      socket.pipe(behind).pipe(socket);
    });
    behind.on("error", () => socket.destroy());
    socket.on("error", () => behind.destroy());
    socket.on("close", () => behind.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) };
}

describe("a web server behind TLS", () => {
  it("is read when its certificate is trusted, and refused when it is not", async () => {
    const { port } = await secureServer();
    const { cert } = testCertificate;
    expect(await ask(`https://127.0.0.1:${port}/disk.raw`, { ca: cert })).toBe(4096);
    expect(await ask(`https://localhost:${port}/disk.raw`, { ca: [cert] })).toBe(4096);
    expect(await ask(`https://127.0.0.1:${port}/disk.raw`, {})).toBe("HOST_CERTIFICATE_REFUSED");
  });

  it("is refused under another name than its certificate's", async () => {
    const { port } = await secureServer();
    const proxy = await proxyTo(port);
    const proxyFor = () => ({ url: proxy.url });
    expect(await ask("https://files.test/disk.raw", { ca: testCertificate.cert, proxyFor })).toBe(
      "HOST_CERTIFICATE_REFUSED",
    );
    expect(proxy.asked).toEqual(["CONNECT files.test:443"]);
  });

  it("is not followed to where there is none", async () => {
    const open = await fileServer({ files });
    closing.push(() => open.close());
    const server = await fileServer({
      files,
      secure: true,
      intercept(_request, response) {
        response.writeHead(302, { Location: `${open.origin}/disk.raw` }).end();
        return true;
      },
    });
    closing.push(() => server.close());
    expect(await ask(`${server.origin}/disk.raw`, { ca: testCertificate.cert })).toBe("HOST_ANSWER_INVALID");
    expect(open.asked).toEqual([]);
  });

  it("that speaks no TLS is said to do so", async () => {
    const open = await fileServer({ files });
    closing.push(() => open.close());
    expect(await ask(`https://127.0.0.1:${open.port}/disk.raw`, {})).toBe("HOST_ANSWER_INVALID");
  });
});

describe("a web server behind a proxy", () => {
  it("is reached through a tunnel, or by its whole address, with the proxy's own login", async () => {
    const secure = await secureServer();
    const open = await fileServer({ files });
    closing.push(() => open.close());
    const credentials = { username: "p", password: new Secret("q") };
    const tunnel = await proxyTo(secure.port, "p:q");
    const proxied = { ca: testCertificate.cert, proxyFor: () => ({ url: tunnel.url, credentials }) };
    expect(await ask(`https://localhost:${secure.port}/disk.raw`, proxied)).toBe(4096);
    expect(tunnel.asked).toEqual([`CONNECT localhost:${secure.port}`]);
    const forward = await proxyTo(open.port, "p:q");
    expect(
      await ask("http://files.test/disk.raw", { proxyFor: () => ({ url: forward.url, credentials }) }),
    ).toBe(4096);
    expect(forward.asked).toEqual(["GET http://files.test/disk.raw"]);
  });

  it("is not reached without that login, or through a proxy that is not there", async () => {
    const secure = await secureServer();
    const proxy = await proxyTo(secure.port, "p:q");
    const proxyFor = () => ({ url: proxy.url });
    expect(await ask("https://files.test/disk.raw", { proxyFor })).toBe("HOST_LOGIN_REFUSED");
    expect(await ask("http://files.test/disk.raw", { proxyFor })).toBe("HOST_LOGIN_REFUSED");
    const gone = () => ({ url: new URL("http://127.0.0.1:1") });
    expect(await ask("https://files.test/disk.raw", { proxyFor: gone })).toBe("HOST_UNREACHABLE");
  });

  it("may be reached without it", async () => {
    const { origin } = await secureServer();
    expect(await ask(`${origin}/disk.raw`, { ca: testCertificate.cert, proxyFor: () => undefined })).toBe(
      4096,
    );
  });
});
