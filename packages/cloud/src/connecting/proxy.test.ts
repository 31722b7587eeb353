import http from "node:http";
import { isSampanError, KiB, Secret } from "@sampan/core";
import { refused } from "@sampan/core/testing";
import { Simulator } from "@sampan/simulator";
import { afterEach, describe, expect, it } from "vitest";
import { connectAlibabaCloud } from "../alibaba-cloud.ts";
import { type ConnectionOptions, proxyFromEnvironment } from "../connection-options.ts";
import { type ForwardProxyOptions, forwardProxy } from "../testing/forward-proxy.ts";
import { seededBytes } from "../testing/random-bytes.ts";
import { listening, testCertificate, tlsBefore } from "../testing/tls-server.ts";
import { noProxyRule } from "./no-proxy.ts";

const region = "cn-hangzhou";
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function simulated() {
  const simulator = await Simulator.start({ timeScale: 100_000 });
  closers.push(() => simulator.stop());
  const { accessKeyId, accessKeySecret } = simulator.credentials;
  const behind = Number(new URL(simulator.endpoint).port);
  const secured = await tlsBefore(behind);
  closers.push(() => secured.close());
  const proxied = async (changes: Partial<ForwardProxyOptions> = {}) => {
    const proxy = await forwardProxy({
      portOf: (name, asked) =>
        !name.endsWith(".oss-cn-hangzhou.aliyuncs.com") ? undefined : asked === "url" ? behind : secured.port,
      ...changes,
    });
    closers.push(() => proxy.close());
    return { proxy, url: new URL(`http://127.0.0.1:${proxy.port}`) };
  };
  const store = (endpoint: string, connection?: ConnectionOptions) => {
    const cloud = connectAlibabaCloud({
      endpoints: endpoint.includes("localhost") ? { simulator: endpoint } : { oss: endpoint },
      credentials: { accessKeyId, accessKeySecret: new Secret(accessKeySecret) },
      ...(connection === undefined ? {} : { connection }),
    });
    closers.push(() => cloud.close());
    return cloud.objects(region);
  };
  return { simulator, proxied, store };
}

describe("OSS through a proxy", () => {
  it("goes through a tunnel for HTTPS, and trusts the certificates it was given", async () => {
    const { proxied, store } = await simulated();
    const { proxy, url } = await proxied();
    const oss = store("https://oss-cn-hangzhou.aliyuncs.com", { proxy: url, ca: testCertificate.cert });
    await oss.createBucket("tunnel");
    const upload = await oss.createMultipartUpload({ bucket: "tunnel", key: "a.vhd" });
    const part = await oss.uploadPart(upload, 1, seededBytes(300 * KiB, 1), { timeoutMs: 10_000 });
    await oss.completeMultipartUpload(upload, [part]);
    expect((await oss.headObject({ bucket: "tunnel", key: "a.vhd" }))?.sizeBytes).toBe(300 * KiB);
    // One tunnel serves call after call.
    expect(proxy.asked).toEqual(["CONNECT tunnel.oss-cn-hangzhou.aliyuncs.com:443"]);
  });

  it("refuses a certificate it was not told to trust, and does not try again", async () => {
    const { proxied, store } = await simulated();
    const { url } = await proxied();
    const error = await refused(
      store("https://oss-cn-hangzhou.aliyuncs.com", { proxy: url }).createBucket("tunnel"),
    );
    expect(error).toMatchObject({ code: "CLOUD_UNREACHABLE", retryable: false });
    expect(error.details.networkCode).toMatch(/CERT|SIGNED/);
  });

  it("asks for whole URLs for plain HTTP, with a key as it was signed", async () => {
    const { proxied, store } = await simulated();
    const { proxy, url } = await proxied();
    const oss = store("http://oss-cn-hangzhou.aliyuncs.com", { proxy: url });
    await oss.createBucket("plain");
    await oss.createMultipartUpload({ bucket: "plain", key: "a b+c%20//盘.vhd" });
    expect(proxy.asked[0]).toBe("PUT http://plain.oss-cn-hangzhou.aliyuncs.com/");
    expect(proxy.asked[1]).toMatch(
      /^POST http:\/\/plain\.oss-cn-hangzhou\.aliyuncs\.com\/a%20b%2Bc%2520\/\//,
    );
  });

  it("tells the proxy its password, and nobody else", async () => {
    const { simulator, proxied, store } = await simulated();
    const { proxy, url } = await proxied({ credentials: "ann:s3cr3t/p@ss" });
    const connection = proxyFromEnvironment({
      HTTPS_PROXY: `http://ann:s3cr3t%2Fp%40ss@${url.host}`,
    });
    const ca = testCertificate.cert;
    await store("https://oss-cn-hangzhou.aliyuncs.com", { ...connection, ca }).createBucket("with-password");
    await store("http://oss-cn-hangzhou.aliyuncs.com", connection).createBucket("with-password");
    expect(proxy.asked).toHaveLength(2);
    expect(JSON.stringify([connection, simulator.requests.list()])).not.toContain("s3cr3t");
    const error = await refused(
      store("https://oss-cn-hangzhou.aliyuncs.com", { proxy: url, ca }).createBucket("with-password"),
    );
    expect(error).toMatchObject({ code: "CLOUD_UNREACHABLE", retryable: false });
    expect(error.message).toContain("user and password");
  });

  it("says that the proxy is at fault when it cannot be reached or opens no tunnel", async () => {
    const { proxied, store } = await simulated();
    const { url } = await proxied();
    const unknown = await refused(store("https://else.example.com", { proxy: url }).createBucket("nowhere"));
    expect(unknown).toMatchObject({ retryable: true, details: { networkCode: "ERR_PROXY_REFUSED" } });
    const gone = await listening(http.createServer());
    await gone.close();
    const proxy = new URL(`http://127.0.0.1:${gone.port}`);
    const error = await refused(
      store("https://oss-cn-hangzhou.aliyuncs.com", { proxy }).createBucket("nowhere"),
    );
    expect(error).toMatchObject({ retryable: true, details: { networkCode: "ERR_PROXY_UNREACHABLE" } });
    expect(error.message).toContain("the proxy could not be reached");
  });

  it("never takes the way through a proxy to this machine", async () => {
    const { simulator, proxied, store } = await simulated();
    const { proxy, url } = await proxied();
    await store(simulator.endpoint, { proxy: url }).createBucket("loopback");
    expect(proxy.asked).toEqual([]);
  });

  it("reaches a proxy that itself speaks TLS", async () => {
    const { proxied, store } = await simulated();
    const { proxy } = await proxied({ secure: true });
    const secure = { proxy: new URL(`https://localhost:${proxy.port}`) };
    const trusting = { ...secure, ca: [Buffer.from(testCertificate.cert)] };
    await store("https://oss-cn-hangzhou.aliyuncs.com", trusting).createBucket("twice-secret");
    await store("http://oss-cn-hangzhou.aliyuncs.com", trusting).createBucket("twice-secret");
    expect(proxy.asked).toEqual([
      "CONNECT twice-secret.oss-cn-hangzhou.aliyuncs.com:443",
      "PUT http://twice-secret.oss-cn-hangzhou.aliyuncs.com/",
    ]);
    const error = await refused(
      store("https://oss-cn-hangzhou.aliyuncs.com", secure).createBucket("twice-secret"),
    );
    expect(error).toMatchObject({ code: "CLOUD_UNREACHABLE", retryable: false });
  });
});

describe("the exceptions of a proxy", () => {
  it.each([
    ["", "oss.example.com", false],
    ["*", "oss.example.com", true],
    ["example.com", "oss.example.com", true],
    ["example.com", "example.com", true],
    ["example.com", "notexample.com", false],
    [".example.com", "oss.example.com", true],
    ["*.example.com", "oss.example.com", true],
    ["a.com, EXAMPLE.com b.com", "oss.Example.com.", true],
    ["example.com:8443", "example.com", false],
    ["example.com:443", "example.com", true],
    ["10.0.0.0/8", "10.1.2.3", true],
    ["10.0.0.0/8", "11.1.2.3", false],
    ["10.1.2.3", "10.1.2.3", true],
    ["2.3", "10.1.2.3", false],
    ["fd00::/8", "[fd00::1]", true],
    ["[fd00::1]", "fd00::1", true],
    ["10.0.0.0/99, :, /, ., [", "10.1.2.3", false],
    ["", "localhost", true],
    ["", "127.8.8.8", true],
    ["", "[::1]", true],
    ["", "web.localhost", true],
  ])("%j with %s: without the proxy is %s", (list, host, direct) => {
    expect(noProxyRule(list)(host, 443)).toBe(direct);
  });
});

describe("a proxy out of the environment", () => {
  it("is the one for HTTPS, else the one for all, with its exceptions", () => {
    expect(proxyFromEnvironment({})).toEqual({});
    expect(proxyFromEnvironment({ HTTPS_PROXY: " ", all_proxy: "proxy.test:3128" }).proxy?.href).toBe(
      "http://proxy.test:3128/",
    );
    const found = proxyFromEnvironment({ https_proxy: "https://p.test", no_proxy: "a.test", ALL_PROXY: "x" });
    expect(found).toEqual({ proxy: new URL("https://p.test"), noProxy: "a.test" });
  });

  it("is refused without being repeated when it is none", () => {
    for (const value of ["socks5://ann:s3cr3t@p.test", "http://", "ann:s3cr3t@@[", "http://ann:s3cr3t@"]) {
      let thrown: unknown;
      try {
        proxyFromEnvironment({ HTTPS_PROXY: value });
      } catch (error) {
        thrown = error;
      }
      expect(isSampanError(thrown, "CORE_ARGUMENT"), value).toBe(true);
      expect(String(thrown)).not.toContain("s3cr3t");
      expect(String(thrown)).toContain("HTTPS_PROXY");
    }
  });
});
