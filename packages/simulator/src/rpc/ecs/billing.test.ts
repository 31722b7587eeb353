import { afterEach, beforeEach, expect, it } from "vitest";
import { Simulator } from "../../simulator.ts";
import { ecs, launched } from "../../testing/launch.ts";
import { sendOss } from "../../testing/raw-client.ts";

let simulator: Simulator;

beforeEach(async () => {
  simulator = await Simulator.start();
  simulator.clock.freeze();
});

afterEach(() => simulator.stop());

const bill = async () => (await fetch(`${simulator.endpoint}/_sampan/billing`)).json();

it("names nothing before anything was made, and nothing once it is gone", async () => {
  expect(await bill()).toEqual({ regions: [] });
  const id = await launched(simulator);
  await ecs(simulator, "DeleteInstance", { InstanceId: id, Force: "true" });
  expect(await bill()).toEqual({ regions: [] });
});

it("names what is left behind, by account and region", async () => {
  await sendOss(simulator, { method: "PUT", bucket: "left" });
  await sendOss(simulator, { method: "PUT", bucket: "left", key: "a", body: "12345" });
  await sendOss(simulator, { method: "POST", bucket: "left", key: "b", query: { uploads: "" } });
  const id = await launched(simulator, { InternetMaxBandwidthOut: "1", "DataDisk.1.Size": "20" });
  await ecs(simulator, "CreateImage", { InstanceId: id });
  await ecs(simulator, "StopInstance", { InstanceId: id, ForceStop: "true", StoppedMode: "StopCharging" });
  expect(await bill()).toMatchObject({
    regions: [
      {
        accountId: "1000000000000001",
        region: "cn-hangzhou",
        objects: { count: 1, bytes: 5, buckets: ["left"] },
        uploads: { count: 1, parts: 0 },
        images: { count: 1 },
        snapshots: { count: 2 },
        disks: { count: 2, sizeGiB: 60 },
        instances: { count: 1, ids: [id], charged: 0, vcpus: 0 },
        publicAddresses: { count: 1, ids: ["198.18.0.1"] },
      },
    ],
  });
});
