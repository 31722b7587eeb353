import http from "node:http";
import { Secret } from "@sampan/core";
import { refused } from "@sampan/core/testing";
import { Simulator } from "@sampan/simulator";
import { afterEach, describe, expect, it } from "vitest";
import { connectAlibabaCloud } from "../alibaba-cloud.ts";
import type { ConnectionOptions } from "../connection-options.ts";
import { type ForwardProxyOptions, forwardProxy } from "../testing/forward-proxy.ts";
import { listening, testCertificate, tlsBefore } from "../testing/tls-server.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const ca = testCertificate.cert;

async function behindProxy(changes: Partial<ForwardProxyOptions> = {}) {
  const simulator = await Simulator.start({ switches: { importRole: "ready" } });
  closers.push(() => simulator.stop());
  const port = Number(new URL(simulator.endpoint).port);
  const secured = await tlsBefore(port);
  const proxy = await forwardProxy({
    portOf: (name, asked) =>
      !name.endsWith(".aliyuncs.com") ? undefined : asked === "url" ? port : secured.port,
    ...changes,
  });
  closers.push(
    () => secured.close(),
    () => proxy.close(),
  );
  const { accessKeyId, accessKeySecret } = simulator.credentials;
  const cloud = (connection: ConnectionOptions, endpoints = {}) => {
    const made = connectAlibabaCloud({
      credentials: { accessKeyId, accessKeySecret: new Secret(accessKeySecret) },
      connection,
      endpoints,
    });
    closers.push(() => made.close());
    return made;
  };
  return { simulator, proxy, cloud, url: new URL(`http://127.0.0.1:${proxy.port}`) };
}

describe("ECS and RAM through a proxy", () => {
  it("go through one tunnel each, with certificates of one's own, by signatures the simulator verifies", async () => {
    const { proxy, cloud, url } = await behindProxy();
    const { images, access } = cloud({ proxy: url, ca });
    expect((await images.listRegions()).length).toBeGreaterThan(0);
    expect(await images.listImages("cn-hangzhou", { name: "it's (none) *~!" })).toEqual([]);
    expect((await access.describeImportRole()).state).toBe("ready");
    expect(proxy.asked).toHaveLength(2);
    expect(proxy.asked[0]).toMatch(/^CONNECT ecs[.-]cn-hangzhou\.aliyuncs\.com:443$/);
    expect(proxy.asked[1]).toBe("CONNECT ram.aliyuncs.com:443");
  });

  it("ask for whole URLs where TLS is not wanted", async () => {
    const { proxy, cloud, url } = await behindProxy();
    const { images } = cloud({ proxy: url }, { ecs: "http://ecs.aliyuncs.com" });
    await images.listRegions();
    expect(proxy.asked[0]).toMatch(/^POST http:\/\/ecs\.aliyuncs\.com\/\?/);
  });

  it("say that the proxy refused their password, and show it nowhere", async () => {
    const { cloud, url } = await behindProxy({ credentials: "ann:right" });
    const proxyCredentials = { username: "ann", password: new Secret("c4nary-w0rd") };
    const { images, access } = cloud({ proxy: url, proxyCredentials, ca });
    for (const work of [images.listRegions(), access.describeImportRole()]) {
      const error = await refused(work);
      expect(error).toMatchObject({
        code: "CLOUD_UNREACHABLE",
        retryable: false,
        details: { networkCode: "ERR_PROXY_AUTHENTICATION" },
      });
      expect(error.message).toContain("the proxy asks for a user and password");
      expect(JSON.stringify([error, error.stack])).not.toContain("c4nary-w0rd");
    }
  });

  it("refuse a certificate they were not told to trust", async () => {
    const { cloud, url } = await behindProxy();
    const error = await refused(cloud({ proxy: url }).images.listRegions());
    expect(error).toMatchObject({ code: "CLOUD_UNREACHABLE", retryable: false });
  });
});

describe("answers to ECS calls", () => {
  const answering = async (answer: http.RequestListener, answerTimeoutMs = 5000) => {
    const server = await listening(http.createServer(answer));
    const cloud = connectAlibabaCloud({
      endpoints: { simulator: `http://localhost:${server.port}` },
      credentials: { accessKeyId: "LTAI", accessKeySecret: new Secret("secret") },
      answerTimeoutMs,
    });
    closers.push(
      () => server.close(),
      () => cloud.close(),
    );
    return refused(cloud.images.listRegions());
  };

  it("are bounded in size and time, and have to be a JSON object", async () => {
    const filler = Buffer.alloc(17 * 1024 * 1024, 32);
    expect(await answering((_, response) => response.end(filler))).toMatchObject({
      code: "CLOUD_ANSWER_INVALID",
    });
    expect(await answering(() => {}, 60)).toMatchObject({ code: "CLOUD_UNREACHABLE", retryable: true });
    for (const text of ["", "<html>", "[]", "5", "null"]) {
      const error = await answering((_, response) => response.end(text));
      expect(error, text).toMatchObject({ code: "CLOUD_ANSWER_INVALID", retryable: true });
    }
  });

  it("keep code, request id and the wait that a busy service asks for", async () => {
    const error = await answering((_, response) => {
      response.writeHead(400, { "x-acs-retry-after": "2500" });
      response.end(JSON.stringify({ Code: "Throttling.User", Message: "slow down", RequestId: "R-1" }));
    });
    expect(error).toMatchObject({
      code: "CLOUD_THROTTLED",
      retryAfterMs: 2500,
      details: { requestId: "R-1", vendorCode: "Throttling.User" },
    });
  });
});
