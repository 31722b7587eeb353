import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { listen, type Served } from "./local-http.ts";

const open: Served[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function served(server: Server): Promise<Served> {
  const one = await listen(server, { port: 0, host: "127.0.0.1" }, "a test");
  open.push(one);
  return one;
}

/** Sends bytes, and gives all that comes back until the other side ends it. */
function answerTo(origin: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(Number(new URL(origin).port), "127.0.0.1", () => socket.write(bytes));
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
  });
}

describe("a server on this machine", () => {
  it("goes on when connections cannot be taken, as often as that happens", async () => {
    const server = createServer((_, response) => response.end("still here"));
    const { origin } = await served(server);
    for (let times = 0; times < 3; times++) {
      const error = Object.assign(new Error("accept EMFILE"), { code: "EMFILE" });
      // Without anybody who hears it, this throws and would end the program.
      expect(server.emit("error", error)).toBe(true);
    }
    expect(await (await fetch(origin)).text()).toBe("still here");
  });

  it("goes on when a request is none, and when one is broken off in its answer", async () => {
    const server = createServer((_, response) => {
      response.write("a");
      setTimeout(() => response.end("still here".repeat(100_000)), 20);
    });
    const { origin } = await served(server);
    expect(await answerTo(origin, "\u0016\u0003\u0001 no HTTP\r\n\r\n")).toMatch(/^HTTP\/1\.1 400/);
    const socket = connect(Number(new URL(origin).port), "127.0.0.1", () => {
      socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    });
    await new Promise((resolve) => socket.once("data", resolve));
    socket.resetAndDestroy();
    expect(await (await fetch(origin)).text()).toContain("still here");
  });

  it("is closed as often as anybody asks", async () => {
    const one = await served(createServer());
    await one.close();
    await one.close();
  });
});
