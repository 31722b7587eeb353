import http from "node:http";
import net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { proxyFromEnvironment } from "../connection-options.ts";
import { forwardProxy } from "../testing/forward-proxy.ts";
import { type Listening, listening, testCertificate, tlsBefore } from "../testing/tls-server.ts";
import { probeEndpoint } from "./probe-endpoint.ts";

const open: Listening[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function kept<T extends Listening>(server: Promise<T>): Promise<T> {
  const started = await server;
  open.push(started);
  return started;
}

/** A service whose clock is ahead. */
function service(aheadMs = 0): Promise<Listening> {
  const server = http.createServer((_, response) => {
    response.writeHead(403, { date: new Date(Date.now() + aheadMs).toUTCString() }).end();
  });
  return kept(listening(server));
}

const stepsOf = (probe: { steps: readonly { step: string }[] }) => probe.steps.map(({ step }) => step);
const oss = "oss-cn-hangzhou.aliyuncs.com";

describe("reaching an endpoint", () => {
  it("tells the steps, and how far its clock is ahead", async () => {
    const { port } = await service(3_600_000);
    const probe = await probeEndpoint(new URL(`http://localhost:${port}`));
    expect(stepsOf(probe)).toEqual(["lookup", "connect", "answer"]);
    expect(probe.failure).toBeNull();
    expect(Math.abs((probe.clockAheadMs ?? 0) - 3_600_000)).toBeLessThan(60_000);
  });

  it("says that a certificate is not trusted, and trusts it where told to", async () => {
    const { port } = await kept(tlsBefore((await service()).port));
    const url = new URL(`https://localhost:${port}`);
    const distrusted = await probeEndpoint(url);
    expect(stepsOf(distrusted)).toEqual(["lookup", "connect"]);
    expect(distrusted.failure).toMatchObject({ step: "secure", code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    const trusted = await probeEndpoint(url, { ca: testCertificate.cert });
    expect(stepsOf(trusted)).toEqual(["lookup", "connect", "secure", "answer"]);
  });

  it("goes through the proxy of the environment, and says when that refuses", async () => {
    const behind = await kept(tlsBefore((await service()).port));
    const proxy = await kept(forwardProxy({ portOf: () => behind.port, credentials: "ann:s3cret" }));
    const through = (user: string) => ({
      ...proxyFromEnvironment({ HTTPS_PROXY: `http://${user}127.0.0.1:${proxy.port}` }),
      ca: testCertificate.cert,
    });
    const probe = await probeEndpoint(new URL(`https://${oss}`), through("ann:s3cret@"));
    expect(stepsOf(probe)).toEqual(["lookup", "connect", "proxy", "secure", "answer"]);
    expect(probe.proxy).toBe(`http://127.0.0.1:${proxy.port}`);
    const refused = await probeEndpoint(new URL(`https://${oss}`), through(""));
    expect(refused.failure).toMatchObject({ step: "proxy", code: "ERR_PROXY_AUTHENTICATION" });
    expect(JSON.stringify([probe, refused])).not.toContain("s3cret");
  });

  it("says which step nobody answered", async () => {
    const { port } = await service();
    await open.pop()?.close();
    expect((await probeEndpoint(new URL(`http://127.0.0.1:${port}`))).failure).toMatchObject({
      step: "connect",
      code: "ECONNREFUSED",
    });
    expect((await probeEndpoint(new URL("http://no-such-name.invalid"))).failure?.step).toBe("lookup");
    const silent = await kept(listening(net.createServer(() => undefined)));
    const late = await probeEndpoint(new URL(`http://127.0.0.1:${silent.port}`), {}, { stepMs: 50 });
    expect(late.failure).toMatchObject({ step: "answer", code: "ETIMEDOUT" });
  });
});
