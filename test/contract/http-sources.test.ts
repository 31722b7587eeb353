import { writeFile } from "node:fs/promises";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import net, { type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { openHost } from "@sampan/sdk";
import { describe, expect, it, onTestFinished } from "vitest";
import { sampan } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { webServerCertificate } from "../helpers/winrm-server/certificate.ts";

/** A disk with a partition of nothing known. */
const image = Buffer.alloc(1024 * 1024);
image.set([0x55, 0xaa], 510);
image.set([0x80, 0, 0, 0, 0x83, 0, 0, 0, 1, 0, 0, 0, 0xff, 7, 0, 0], 446);

/** Answers ranges of one image. */
function serve(request: IncomingMessage, response: ServerResponse): void {
  const [, from = "0", to = ""] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
  const last = Math.min(Number(to || image.length - 1), image.length - 1);
  const part = image.subarray(Number(from), last + 1);
  response.writeHead(206, {
    ETag: '"1"',
    "Accept-Ranges": "bytes",
    "Content-Length": part.length,
    "Content-Range": `bytes ${from}-${last}/${image.length}`,
  });
  response.end(request.method === "HEAD" ? undefined : part);
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.close();
    (server as http.Server).closeAllConnections?.();
  });
  return (server.address() as AddressInfo).port;
}

/** A proxy that serves what it is asked for in the clear itself, and tunnels all else to one port. */
async function proxy(secure: number) {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    serve(request, response);
  });
  server.on("connect", (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    const tunnel = net.connect(secure, "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    tunnel.pipe(socket).pipe(tunnel);
    for (const one of [tunnel, socket]) one.on("error", () => tunnel.destroy());
  });
  return { port: await listening(server), asked };
}

describe("an image behind a URL", () => {
  it("is reached through the proxy that the environment names, and this machine itself directly", async () => {
    const folder = await temporaryFolder();
    const { cert, key } = webServerCertificate("sha256");
    const caFile = join(folder, "ca.pem");
    await writeFile(caFile, cert);
    const secure = await listening(https.createServer({ cert, key }, serve) as Server);
    const { port, asked } = await proxy(secure);
    const env = {
      HTTPS_PROXY: `127.0.0.1:${port}`,
      HTTP_PROXY: `http://127.0.0.1:${port}`,
      NO_PROXY: "web-02",
    };

    // `web-01` is a name of the certificate, and one that nobody but the proxy knows.
    const url = "https://web-01/disk.raw";
    const host = await openHost({ kind: "image-url", url, caFile }, { env });
    onTestFinished(() => host.close());
    expect(await host.disks()).toMatchObject([{ sizeBytes: image.length }]);
    expect(asked).toContain("CONNECT web-01:443");

    const plain = await openHost({ kind: "image-url", url: "http://web-01/disk.raw" }, { env });
    onTestFinished(() => plain.close());
    expect(await plain.disks()).toMatchObject([{ sizeBytes: image.length }]);
    expect(asked).toContainEqual(expect.stringMatching(/^(GET|HEAD) http:\/\/web-01\/disk\.raw$/));

    const before = asked.length;
    const own = `http://127.0.0.1:${await listening(http.createServer(serve))}/disk.raw`;
    const direct = await openHost({ kind: "image-url", url: own }, { env });
    onTestFinished(() => direct.close());
    expect(await direct.disks()).toMatchObject([{ sizeBytes: image.length }]);
    expect(asked).toHaveLength(before);
  }, 120_000);

  it("is trusted by the certificates that the command or the plan names, and otherwise not", async () => {
    const folder = await temporaryFolder();
    const { cert, key } = webServerCertificate("sha256");
    await writeFile(join(folder, "ca.pem"), cert);
    await writeFile(join(folder, "none.pem"), "nothing of the kind");
    const port = await listening(https.createServer({ cert, key }, serve) as Server);
    const url = `https://127.0.0.1:${port}/disk.raw`;
    const inspect = (...more: string[]) => sampan(["inspect", url, "--json", ...more], { cwd: folder });
    expect((await inspect()).json()).toMatchObject({ code: "HOST_CERTIFICATE_REFUSED" });
    expect((await inspect("--ca-file", "none.pem")).json()).toMatchObject({ code: "HOST_SOURCE_INVALID" });
    const done = await inspect("--ca-file", "ca.pem");
    expect(done.json(), done.stderr).toMatchObject({ format: "raw" });
  }, 120_000);
});
