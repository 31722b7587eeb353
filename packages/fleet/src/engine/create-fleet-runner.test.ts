import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { createFleetRunner } from "./create-fleet-runner.ts";

/** A server that takes connections and says nothing, and what cuts them. */
async function silentServer(): Promise<{ readonly port: number; cut(): void }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => open.add(socket.on("error", () => undefined)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): void => {
    for (const socket of open) socket.destroy();
    server.close();
  };
  onTestFinished(cut);
  return { port: (server.address() as AddressInfo).port, cut };
}

/** A port nobody listens at. */
async function deadPort(): Promise<number> {
  const { port, cut } = await silentServer();
  cut();
  return port;
}

it("opens one store, also when an earlier one turns out late to be none", async () => {
  const [dead, silent] = [await deadPort(), await silentServer()];
  let opened = 0;
  const store = {
    get url() {
      return `redis://127.0.0.1:${++opened === 1 ? dead : silent.port}`;
    },
  };
  const runner = createFleetRunner({ store, cloud: { kind: "simulator", endpoint: "http://localhost:1" } });
  const first = runner.list();
  const closed = runner.close();
  const second = runner.list();
  await expect(first).rejects.toMatchObject({ code: "FLEET_STORE_UNREACHABLE" });
  await closed;
  const third = runner.list();
  silent.cut();
  for (const one of [second, third])
    await expect(one).rejects.toMatchObject({ code: "FLEET_STORE_UNREACHABLE" });
  expect(opened).toBe(2);
});
