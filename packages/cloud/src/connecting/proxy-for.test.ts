import { describe, expect, it } from "vitest";
import { proxyFromEnvironment } from "../connection-options.ts";
import { proxyFor } from "./proxy-for.ts";

const through = (env: Record<string, string>, url: string, scheme?: "http" | "https") =>
  proxyFor(proxyFromEnvironment(env, scheme))(new URL(url))?.url.href;

describe("the proxy of an address", () => {
  it("is that of the environment, but for what NO_PROXY names and this machine itself", () => {
    const env = { HTTPS_PROXY: "http://proxy:3128", NO_PROXY: "intern.example,192.0.2.0/24,other:8443" };
    expect(through(env, "https://files.example.com/a")).toBe("http://proxy:3128/");
    for (const host of ["a.intern.example", "192.0.2.7", "other:8443", "localhost", "127.0.0.1"]) {
      expect(through(env, `https://${host}/a`), host).toBeUndefined();
    }
    expect(through(env, "https://other/a")).toBe("http://proxy:3128/");
    expect(through({}, "https://files.example.com/a")).toBeUndefined();
  });

  it("is another for plain HTTP, unless one is for all", () => {
    const env = { HTTPS_PROXY: "http://secure:1", http_proxy: "http://plain:2" };
    expect(through(env, "http://files.example.com/a", "http")).toBe("http://plain:2/");
    expect(through({ ALL_PROXY: "http://all:3" }, "http://files.example.com/a", "http")).toBe(
      "http://all:3/",
    );
    expect(through({ HTTPS_PROXY: "http://secure:1" }, "http://x.example/a", "http")).toBeUndefined();
    expect(() => proxyFromEnvironment({ HTTP_PROXY: "ftp://secret@x" }, "http")).toThrow(/HTTP_PROXY/);
  });

  it("comes with what it asks for", () => {
    const found = proxyFor(proxyFromEnvironment({ HTTPS_PROXY: "http://ada:open%20up@proxy" }))(
      new URL("https://files.example.com"),
    );
    expect(found?.credentials?.username).toBe("ada");
    expect(found?.credentials?.password.reveal()).toBe("open up");
    expect(found?.url.href).toBe("http://proxy/");
  });
});
