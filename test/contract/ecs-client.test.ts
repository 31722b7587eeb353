import ecsModule, * as ecs from "@alicloud/ecs20140526";
import * as openApi from "@alicloud/openapi-core";
import ramModule, * as ram from "@alicloud/ram20150501";
import { Simulator, simulatorAccounts } from "@sampan/simulator";
import OSS from "ali-oss";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/*
 * The published, typed @alicloud clients, unmodified, against a listening simulator: import, follow, copy, share and
 * cancel an image, and the role that allows it. The disks are written byte by byte here, by no code of Sampan.
 *
 * One file, though it is long: the typed client takes seconds to load, and each file of tests loads it anew.
 */

// Both packages are CommonJS: under native ESM the default import is the namespace.
const EcsClient = classOf<typeof ecsModule.default>(ecsModule);
const RamClient = classOf<typeof ramModule.default>(ramModule);

function classOf<T>(imported: unknown): T {
  return ((imported as { default?: unknown }).default ?? imported) as T;
}

const importRole = "AliyunECSImageImportDefaultRole";
const importPolicy = "AliyunECSImageImportRolePolicy";
const trust = JSON.stringify({
  Version: "1",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: ["ecs.aliyuncs.com"] } }],
});
const everyStatus = "Creating,Waiting,Available,UnAvailable,CreateFailed,Deprecated";

let simulator: Simulator;

async function begin(options: Parameters<typeof Simulator.start>[0] = {}): Promise<void> {
  simulator = await Simulator.start({ switches: { importRole: "ready" }, ...options });
  simulator.clock.freeze();
}

beforeEach(() => begin());

afterEach(async () => {
  await simulator?.stop();
});

function config(region: string, account = simulator.credentials) {
  return new openApi.$OpenApiUtil.Config({
    accessKeyId: account.accessKeyId,
    accessKeySecret: account.accessKeySecret,
    endpoint: `127.0.0.1:${simulator.port}`,
    protocol: "http",
    regionId: region,
    readTimeout: 30_000,
    connectTimeout: 10_000,
  });
}

const ecsClient = (region = "cn-hangzhou") => new EcsClient(config(region) as never);
const ramClient = () => new RamClient(config("cn-hangzhou") as never);

function ossClient(): OSS {
  const { accessKeyId, accessKeySecret } = simulator.credentials;
  const options = { endpoint: simulator.endpoint, sldEnable: true, authorizationV4: true };
  return new OSS({
    ...options,
    region: "oss-cn-hangzhou",
    accessKeyId,
    accessKeySecret,
    bucket: "images",
  } as OSS.Options);
}

/** Puts an object into the bucket `images`, which is made when needed. */
async function upload(key: string, bytes: Buffer): Promise<void> {
  const oss = ossClient();
  await oss.putBucket("images");
  await oss.put(key, bytes);
}

function sumInto(bytes: Buffer, at: number): Buffer {
  bytes.writeUInt32BE(0, at);
  let sum = 0;
  for (const byte of bytes) sum += byte;
  bytes.writeUInt32BE(~sum >>> 0, at);
  return bytes;
}

function footer(sizeBytes: number, type: 2 | 3): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write("conectix", 0, "latin1");
  bytes.writeUInt32BE(2, 8);
  bytes.writeUInt32BE(0x00010000, 12);
  bytes.writeBigUInt64BE(type === 3 ? 512n : 0xffffffffffffffffn, 16);
  bytes.writeBigUInt64BE(BigInt(sizeBytes), 40);
  bytes.writeBigUInt64BE(BigInt(sizeBytes), 48);
  bytes.writeUInt32BE(type, 60);
  return sumInto(bytes, 64);
}

interface DynamicVhd {
  readonly sizeBytes?: number;
  readonly entries?: number;
  readonly blockBytes?: number;
  /** Sector of block 0; the right one unless given. */
  readonly firstSector?: number;
}

/** A dynamic VHD of 1 GiB with one block. */
function dynamicVhd(options: DynamicVhd = {}): Buffer {
  const { sizeBytes = 1024 ** 3, blockBytes = 2 * 1024 ** 2 } = options;
  const { entries = sizeBytes / blockBytes } = options;
  const tail = footer(sizeBytes, 3);
  const header = Buffer.alloc(1024);
  header.write("cxsparse", 0, "latin1");
  header.writeBigUInt64BE(0xffffffffffffffffn, 8);
  header.writeBigUInt64BE(1536n, 16);
  header.writeUInt32BE(0x00010000, 24);
  header.writeUInt32BE(entries, 28);
  header.writeUInt32BE(blockBytes, 32);
  sumInto(header, 36);
  const table = Buffer.alloc(Math.ceil((entries * 4) / 512) * 512, 0xff);
  table.writeUInt32BE(options.firstSector ?? (1536 + table.length) / 512, 0);
  const block = Buffer.alloc(512 + blockBytes, 7);
  return Buffer.concat([tail, header, table, block, tail]);
}

function importRequest(changes: Record<string, unknown> = {}, disk: Record<string, unknown> = {}) {
  const mapping = { OSSBucket: "images", OSSObject: "d.vhd", format: "VHD", diskImageSize: 40, ...disk };
  return new ecs.ImportImageRequest({
    regionId: "cn-hangzhou",
    imageName: "web01",
    platform: "Debian",
    OSType: "linux",
    architecture: "x86_64",
    bootMode: "BIOS",
    diskDeviceMapping: [new ecs.ImportImageRequestDiskDeviceMapping(mapping)],
    ...changes,
  });
}

async function importOne(
  changes: Record<string, unknown> = {},
): Promise<{ imageId: string; taskId: string }> {
  const { body } = await ecsClient().importImage(importRequest(changes));
  return { imageId: body?.imageId ?? "", taskId: body?.taskId ?? "" };
}

async function imageOf(imageId: string, region = "cn-hangzhou", status = everyStatus) {
  const request = new ecs.DescribeImagesRequest({ regionId: region, imageId, status });
  return (await ecsClient(region).describeImages(request)).body?.images?.image?.[0];
}

const hoursMs = (hours: number) => hours * 3_600_000;

interface ClientFailure {
  readonly code?: string;
  readonly statusCode?: number;
  readonly data?: Record<string, unknown>;
}

async function failureOf(work: Promise<unknown>): Promise<ClientFailure> {
  return work.then(
    () => {
      throw new Error("the call succeeded");
    },
    (error: unknown) => error as ClientFailure,
  );
}

describe("importing an image with the typed client", () => {
  it("goes from Waiting through Creating to Available, on the clock", async () => {
    await upload("d.vhd", dynamicVhd());
    const tag = [new ecs.ImportImageRequestTag({ key: "sampan:job", value: "j1" })];
    const { imageId, taskId } = await importOne({ tag, description: "the web server" });
    expect(imageId).toMatch(/^m-/);
    expect(taskId).toMatch(/^t-/);
    expect(await imageOf(imageId)).toMatchObject({ status: "Waiting", progress: "0%", imageName: "web01" });
    expect(await imageOf(imageId, "cn-hangzhou", "Available")).toBeUndefined();

    simulator.clock.advance(60_000);
    const creating = await imageOf(imageId);
    expect(creating?.status).toBe("Creating");
    const percent = Number(creating?.progress?.replace("%", ""));
    expect(percent).toBeGreaterThan(10);
    expect(percent).toBeLessThan(99);

    simulator.clock.advance(hoursMs(1));
    const request = new ecs.DescribeImagesRequest({ regionId: "cn-hangzhou" });
    const listed = (await ecsClient().describeImages(request)).body;
    expect(listed?.totalCount).toBe(1);
    const image = listed?.images?.image?.[0];
    expect(image).toMatchObject({
      imageId,
      status: "Available",
      progress: "100%",
      size: 40,
      isCopied: false,
    });
    expect(image?.tags?.tag?.[0]).toMatchObject({ tagKey: "sampan:job", tagValue: "j1" });
    const disk = image?.diskDeviceMappings?.diskDeviceMapping?.[0];
    expect(disk).toMatchObject({
      format: "VHD",
      importOSSBucket: "images",
      importOSSObject: "d.vhd",
      type: "system",
    });
    expect(disk?.snapshotId).toMatch(/^s-/);

    const tasks = new ecs.DescribeTasksRequest({
      regionId: "cn-hangzhou",
      taskIds: taskId,
      taskAction: "ImportImage",
    });
    const task = (await ecsClient().describeTasks(tasks)).body?.taskSet?.task?.[0];
    expect(task).toMatchObject({ taskId, taskStatus: "Finished", taskAction: "ImportImage" });
  });

  it("keeps the disk's bytes when the object is deleted", async () => {
    const bytes = dynamicVhd();
    await upload("d.vhd", bytes);
    const { imageId } = await importOne();
    await ossClient().delete("d.vhd");
    const disk = simulator.openImageDisk(imageId);
    const read = new Uint8Array(disk.sizeBytes);
    await disk.read({ offset: 0, length: disk.sizeBytes }, read);
    await disk.close();
    expect(Buffer.from(read).equals(bytes)).toBe(true);
  });

  it("takes a fixed VHD, a raw disk and a system disk with data disks", async () => {
    const sizeBytes = 1024 ** 2;
    await upload("d.vhd", Buffer.concat([Buffer.alloc(sizeBytes), footer(sizeBytes, 2)]));
    await upload("data.raw", Buffer.alloc(sizeBytes, 1));
    const disks = [
      { OSSBucket: "images", OSSObject: "d.vhd", format: "VHD", diskImageSize: 1 },
      { OSSBucket: "images", OSSObject: "data.raw", format: "RAW", diskImageSize: 2 },
    ].map((disk) => new ecs.ImportImageRequestDiskDeviceMapping(disk));
    const { imageId } = await importOne({ diskDeviceMapping: disks });
    const mappings = (await imageOf(imageId))?.diskDeviceMappings?.diskDeviceMapping;
    expect(mappings?.map((disk) => [disk.device, disk.type, disk.format, disk.size])).toEqual([
      ["/dev/xvda", "system", "VHD", "1"],
      ["/dev/xvdb", "data", "RAW", "2"],
    ]);
  });

  it.each([
    [
      "a bad checksum",
      (bytes: Buffer) => bytes.fill(9, bytes.length - 100, bytes.length - 90),
      "InvalidImageFormat.Malformed",
    ],
    ["a table too small for its size", () => dynamicVhd({ entries: 4 }), "InvalidVHDImage.IncorrectSize"],
    ["an unusual block size", () => dynamicVhd({ blockBytes: 4 * 1024 ** 2 }), "InvalidBlockSize.NotSupport"],
    ["a cut-off end", (bytes: Buffer) => bytes.subarray(0, -512), "InvalidImageFormat.Malformed"],
  ])("refuses a VHD with %s at once", async (_title, damage, code) => {
    await upload("d.vhd", damage(dynamicVhd()));
    expect(await failureOf(importOne())).toMatchObject({ code, statusCode: 403 });
  });

  it("fails later for a block outside the file, and says why in the task", async () => {
    await upload("d.vhd", dynamicVhd({ firstSector: 0x00ffffff }));
    const { imageId, taskId } = await importOne();
    simulator.clock.advance(hoursMs(1));
    expect(await imageOf(imageId)).toMatchObject({ status: "CreateFailed", progress: "10%" });
    const request = new ecs.DescribeTaskAttributeRequest({ regionId: "cn-hangzhou", taskId });
    const task = (await ecsClient().describeTaskAttribute(request)).body;
    expect(task).toMatchObject({ taskStatus: "Failed", taskProcess: "10%", failedCount: 1 });
    const operation = task?.operationProgressSet?.operationProgress?.[0];
    expect(operation?.errorCode).toBe("ImportImageFailed");
    expect(operation?.errorMsg).toContain("block 0");
  });

  it("is cancelled by CancelTask, which removes the image", async () => {
    await upload("d.vhd", dynamicVhd());
    const { imageId, taskId } = await importOne();
    const cancel = () =>
      ecsClient().cancelTask(new ecs.CancelTaskRequest({ regionId: "cn-hangzhou", taskId }));
    await cancel();
    expect(await imageOf(imageId)).toBeUndefined();
    expect(await failureOf(cancel())).toMatchObject({
      code: "InvalidTaskId.IncorrectTaskStatus",
      statusCode: 403,
    });
  });

  it("gives the first answer again for the same client token, and refuses it for another import", async () => {
    await upload("d.vhd", dynamicVhd());
    const first = await importOne({ clientToken: "tok-1" });
    expect(await importOne({ clientToken: "tok-1" })).toEqual(first);
    expect(await failureOf(importOne({ clientToken: "tok-1", imageName: "other" }))).toMatchObject({
      code: "IdempotentParameterMismatch",
    });
  });

  it("answers a dry run that passed with an error, and makes nothing", async () => {
    await upload("d.vhd", dynamicVhd());
    expect(await failureOf(importOne({ dryRun: true }))).toMatchObject({
      code: "DRYRUN.SUCCESS",
      statusCode: 400,
    });
    const { images } = await simulator.state();
    expect(images).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    ["a name with a blank", { imageName: "web 01" }, {}, "InvalidImageName.Malformed"],
    ["a name of the vendor", { imageName: "aliyun-web" }, {}, "InvalidImageName.Malformed"],
    ["an unknown region", { regionId: "cn-nowhere" }, {}, "InvalidRegionId.NotFound"],
    ["a region that is not the bucket's", { regionId: "cn-shanghai" }, {}, "InvalidOSSBucket.NotMatched"],
    ["a missing bucket", {}, { OSSBucket: "nobodys" }, "InvalidOSSBucket.NotFound"],
    ["a missing object", {}, { OSSObject: "none.vhd" }, "InvalidOSSObject.NotFound"],
    ["another suffix", {}, { OSSObject: "d.img" }, "UnsupportedSuffix.OSSObject"],
    ["a disk too small for its content", {}, { OSSObject: "big.vhd", diskImageSize: 1 }, "InvalidImageSize"],
    ["an unknown platform", { platform: "Plan 9" }, {}, "InvalidPlatform.Malformed"],
    ["BIOS on arm64", { architecture: "arm64" }, {}, "InvalidBootMode.NotSupport"],
    ["a format that is not the object's", {}, { format: "QCOW2" }, "InvalidImageFormat.Malformed"],
    ["an unknown format", {}, { format: "VMDK" }, "InvalidImageFormat.Malformed"],
    ["a parameter it does not imitate", { storageLocationArn: "acs:ecs:…" }, {}, "UnsupportedParameter"],
  ])("refuses %s", async (_title, changes, disk, code) => {
    await upload("d.vhd", dynamicVhd());
    await upload("big.vhd", dynamicVhd({ sizeBytes: 2 * 1024 ** 3 }));
    expect((await failureOf(ecsClient().importImage(importRequest(changes, disk)))).code).toBe(code);
  });

  it("refuses a second image of the same name, and a second import of an object being imported", async () => {
    await upload("d.vhd", dynamicVhd());
    await importOne();
    expect(await failureOf(importOne())).toMatchObject({ code: "InvalidImageName.Duplicated" });
    expect(await failureOf(importOne({ imageName: "web02" }))).toMatchObject({ code: "ImageIsImporting" });
  });

  it("refuses an empty, an archived and an encrypted object", async () => {
    await upload("d.vhd", Buffer.alloc(0));
    expect(await failureOf(importOne())).toMatchObject({ code: "InvalidOSSObject.Size" });
    await ossClient().put("d.vhd", dynamicVhd(), { headers: { "x-oss-storage-class": "Archive" } });
    expect(await failureOf(importOne())).toMatchObject({ code: "InvalidOSSObject.NeedRestore" });
    await ossClient().put("d.vhd", dynamicVhd(), { headers: { "x-oss-server-side-encryption": "AES256" } });
    expect(await failureOf(importOne())).toMatchObject({ code: "InvalidOSSBucket.EncryptUnsupported" });
  });
});

describe("the role of an import", () => {
  beforeEach(async () => {
    await simulator.stop();
    await begin({ switches: {} });
    await upload("d.vhd", dynamicVhd());
  });

  const role = (fields: Record<string, string>) => ({ roleName: importRole, ...fields });

  it("is missing in a new account, and counts only after it has reached ECS", async () => {
    const missing = { code: "NoSetRoletoECSServiceAcount", statusCode: 403 };
    expect(await failureOf(importOne())).toMatchObject(missing);
    expect(await failureOf(ramClient().getRole(new ram.GetRoleRequest(role({}))))).toMatchObject({
      code: "EntityNotExist.Role",
      statusCode: 404,
    });
    const created = await ramClient().createRole(
      new ram.CreateRoleRequest(role({ assumeRolePolicyDocument: trust })),
    );
    expect(created.body?.role?.arn).toBe(`acs:ram::${simulator.credentials.accountId}:role/${importRole}`);
    simulator.clock.advance(20_000);
    expect(await failureOf(importOne())).toMatchObject({ code: "InvalidOSS.NotAuthorized" });
    const policy = role({ policyType: "System", policyName: importPolicy });
    await ramClient().attachPolicyToRole(new ram.AttachPolicyToRoleRequest(policy));
    const listed = await ramClient().listPoliciesForRole(new ram.ListPoliciesForRoleRequest(role({})));
    expect(listed.body?.policies?.policy?.map((entry) => entry.policyName)).toEqual([importPolicy]);
    expect(await failureOf(importOne())).toMatchObject({ code: "InvalidOSS.NotAuthorized" });
    simulator.clock.advance(20_000);
    expect((await importOne()).imageId).toMatch(/^m-/);
  });

  it("must trust ECS, and can be mended by UpdateRole", async () => {
    const other = trust.replace("ecs.aliyuncs.com", "fc.aliyuncs.com");
    await ramClient().createRole(new ram.CreateRoleRequest(role({ assumeRolePolicyDocument: other })));
    const policy = role({ policyType: "System", policyName: importPolicy });
    await ramClient().attachPolicyToRole(new ram.AttachPolicyToRoleRequest(policy));
    simulator.clock.advance(60_000);
    expect(await failureOf(importOne())).toMatchObject({ code: "NoSetRoletoECSServiceAcount" });
    await ramClient().updateRole(new ram.UpdateRoleRequest(role({ newAssumeRolePolicyDocument: trust })));
    simulator.clock.advance(60_000);
    expect((await importOne()).imageId).toMatch(/^m-/);
  });

  it("is deleted only without policies, and refuses what exists or does not", async () => {
    const create = () =>
      ramClient().createRole(new ram.CreateRoleRequest(role({ assumeRolePolicyDocument: trust })));
    await create();
    expect(await failureOf(create())).toMatchObject({ code: "EntityAlreadyExists.Role", statusCode: 409 });
    const policy = role({ policyType: "System", policyName: importPolicy });
    const attach = () => ramClient().attachPolicyToRole(new ram.AttachPolicyToRoleRequest(policy));
    await attach();
    expect(await failureOf(attach())).toMatchObject({ code: "EntityAlreadyExists.Role.Policy" });
    const remove = () => ramClient().deleteRole(new ram.DeleteRoleRequest(role({})));
    expect(await failureOf(remove())).toMatchObject({ code: "DeleteConflict.Role.Policy" });
    await ramClient().detachPolicyFromRole(new ram.DetachPolicyFromRoleRequest(policy));
    await remove();
    expect(await failureOf(remove())).toMatchObject({ code: "EntityNotExist.Role" });
  });
});

describe("copying and sharing with the typed client", () => {
  async function ready(): Promise<string> {
    await upload("d.vhd", dynamicVhd());
    const { imageId } = await importOne();
    simulator.clock.advance(hoursMs(1));
    return imageId;
  }

  const copyRequest = (imageId: string, changes: Record<string, unknown> = {}) =>
    new ecs.CopyImageRequest({
      regionId: "cn-hangzhou",
      imageId,
      destinationRegionId: "cn-shanghai",
      destinationImageName: "web01",
      ...changes,
    });

  it("copies to another region, where the new id is known at once", async () => {
    const imageId = await ready();
    const copy = (await ecsClient().copyImage(copyRequest(imageId))).body?.imageId ?? "";
    expect(copy).not.toBe(imageId);
    expect(await imageOf(copy, "cn-shanghai")).toMatchObject({ isCopied: true, imageName: "web01" });
    expect(await imageOf(copy, "cn-hangzhou")).toBeUndefined();
    simulator.clock.advance(hoursMs(1));
    expect(await imageOf(copy, "cn-shanghai", "Available")).toMatchObject({ status: "Available" });
  });

  it("runs five copies into a region and lets the sixth wait for a place", async () => {
    const imageId = await ready();
    const copies: string[] = [];
    for (let number = 1; number <= 6; number++) {
      const request = copyRequest(imageId, { destinationImageName: `web-${number}` });
      copies.push((await ecsClient().copyImage(request)).body?.imageId ?? "");
    }
    const statuses = async () =>
      Promise.all(copies.map(async (id) => (await imageOf(id, "cn-shanghai"))?.status));
    simulator.clock.advance(1000);
    expect(await statuses()).toEqual([...Array(5).fill("Creating"), "Waiting"]);
    await ecsClient("cn-shanghai").cancelCopyImage(
      new ecs.CancelCopyImageRequest({ regionId: "cn-shanghai", imageId: copies[0] ?? "" }),
    );
    simulator.clock.advance(1000);
    expect((await statuses())[5]).toBe("Creating");
    simulator.clock.advance(hoursMs(1));
    expect(await statuses()).toEqual([undefined, ...Array(5).fill("Available")]);
  });

  it("refuses to copy an image that is not finished, to its own region, and VHD images where that is switched", async () => {
    const imageId = await ready();
    const here = copyRequest(imageId, { destinationRegionId: "cn-hangzhou", destinationImageName: "web02" });
    expect(await failureOf(ecsClient().copyImage(here))).toMatchObject({
      code: "IncorrectDestinationRegion",
    });
    simulator.faults.add({ match: { operation: "CopyImage" }, effect: { kind: "copyRefusesVhd" } });
    expect(await failureOf(ecsClient().copyImage(copyRequest(imageId)))).toMatchObject({
      code: "InvalidOperation.VhdImageUnsupported",
      statusCode: 403,
    });
    const copy = (await ecsClient().copyImage(copyRequest(imageId))).body?.imageId ?? "";
    const onwards = new ecs.CopyImageRequest({
      regionId: "cn-shanghai",
      imageId: copy,
      destinationRegionId: "cn-beijing",
    });
    expect(await failureOf(ecsClient("cn-shanghai").copyImage(onwards))).toMatchObject({
      code: "IncorrectImageStatus",
    });
    const remove = new ecs.DeleteImageRequest({ regionId: "cn-hangzhou", imageId });
    expect(await failureOf(ecsClient().deleteImage(remove))).toMatchObject({
      code: "OperationDenied.ImageCopying",
    });
  });

  it("shares with at most ten accounts a call and shows them to both sides", async () => {
    const imageId = await ready();
    const accounts = Array.from({ length: 12 }, (_, index) => String(1000000000000002 + index));
    await ecsClient().modifyImageSharePermission(
      new ecs.ModifyImageSharePermissionRequest({ regionId: "cn-hangzhou", imageId, addAccount: accounts }),
    );
    const query = new ecs.DescribeImageSharePermissionRequest({
      regionId: "cn-hangzhou",
      imageId,
      pageSize: 50,
    });
    const shared = (await ecsClient().describeImageSharePermission(query)).body;
    expect(shared?.totalCount).toBe(10);
    expect(shared?.accounts?.account?.map((account) => account.aliyunId)).toEqual(accounts.slice(0, 10));
    const { accountId } = simulator.credentials;
    const withSelf = { regionId: "cn-hangzhou", imageId, addAccount: [accountId] };
    const self = new ecs.ModifyImageSharePermissionRequest(withSelf);
    expect(await failureOf(ecsClient().modifyImageSharePermission(self))).toMatchObject({
      code: "InvalidAccount.Forbbiden",
      statusCode: 404,
    });
  });

  it("lets the other account see and copy within its region what was shared with it, and nothing else", async () => {
    const imageId = await ready();
    const receiver = new EcsClient(config("cn-hangzhou", simulatorAccounts[1]) as never);
    const seen = async () =>
      (await receiver.describeImages(new ecs.DescribeImagesRequest({ regionId: "cn-hangzhou" }))).body?.images
        ?.image;
    expect(await seen()).toEqual([]);
    await ecsClient().modifyImageSharePermission(
      new ecs.ModifyImageSharePermissionRequest({
        regionId: "cn-hangzhou",
        imageId,
        addAccount: [simulatorAccounts[1].accountId],
      }),
    );
    expect((await seen())?.[0]).toMatchObject({ imageId, imageOwnerAlias: "others" });
    expect(await failureOf(receiver.copyImage(copyRequest(imageId)))).toMatchObject({
      code: "OperationDenied.SameRegionOnly",
    });
    const here = copyRequest(imageId, { destinationRegionId: "cn-hangzhou" });
    const copy = (await receiver.copyImage(here)).body?.imageId ?? "";
    simulator.clock.advance(hoursMs(1));
    expect((await seen())?.find((image) => image.imageId === copy)).toMatchObject({
      imageOwnerAlias: "self",
    });
    const remove = new ecs.DeleteImageRequest({ regionId: "cn-hangzhou", imageId });
    await receiver.deleteImage(remove);
    expect(await failureOf(ecsClient().deleteImage(remove))).toMatchObject({ code: "ImageUseShared" });
  });

  it("modifies and deletes images; an unknown one is no error", async () => {
    const imageId = await ready();
    await ecsClient().modifyImageAttribute(
      new ecs.ModifyImageAttributeRequest({
        regionId: "cn-hangzhou",
        imageId,
        imageName: "web-new",
        bootMode: "UEFI",
      }),
    );
    expect(await imageOf(imageId)).toMatchObject({ imageName: "web-new", bootMode: "UEFI" });
    const remove = () =>
      ecsClient().deleteImage(new ecs.DeleteImageRequest({ regionId: "cn-hangzhou", imageId }));
    await remove();
    await remove();
    expect(await imageOf(imageId)).toBeUndefined();
  });
});

describe("what every call can meet", () => {
  it("lists the regions", async () => {
    const { body } = await ecsClient().describeRegions(new ecs.DescribeRegionsRequest({}));
    expect(body?.regions?.region?.map((region) => region.regionId)).toContain("cn-hangzhou");
  });

  it("names an action it does not imitate", async () => {
    const request = new ecs.DescribeAutoSnapshotPolicyExRequest({ regionId: "cn-hangzhou" });
    const failure = await failureOf(ecsClient().describeAutoSnapshotPolicyEx(request));
    expect(failure).toMatchObject({ code: "InvalidAction.NotFound", statusCode: 404 });
    expect(String(failure.data?.Message)).toContain("DescribeAutoSnapshotPolicyEx");
  });

  it("refuses an unknown key and a wrong secret", async () => {
    const regions = new ecs.DescribeRegionsRequest({});
    const nobody = config("cn-hangzhou", { ...simulator.credentials, accessKeyId: "nobody" });
    expect(await failureOf(new EcsClient(nobody as never).describeRegions(regions))).toMatchObject({
      code: "InvalidAccessKeyId.NotFound",
      statusCode: 404,
    });
    const wrong = config("cn-hangzhou", { ...simulator.credentials, accessKeySecret: "wrong" });
    expect(await failureOf(new EcsClient(wrong as never).describeRegions(regions))).toMatchObject({
      code: "SignatureDoesNotMatch",
      statusCode: 400,
    });
  });

  it("refuses dates off by more than a quarter of an hour", async () => {
    simulator.clock.change({ skewMs: 20 * 60_000 });
    expect(await failureOf(ecsClient().describeRegions(new ecs.DescribeRegionsRequest({})))).toMatchObject({
      code: "InvalidTimeStamp.Expired",
    });
  });

  it("throttles with a time to wait", async () => {
    const effect = { kind: "answer", status: 400, code: "Throttling.User", retryAfterMs: 1500 } as const;
    simulator.faults.add({ match: { service: "ecs" }, effect });
    const failure = await failureOf(ecsClient().describeRegions(new ecs.DescribeRegionsRequest({})));
    expect(failure).toMatchObject({ code: "Throttling.User", retryAfter: 1500 });
  });

  it("accepts temporary credentials, until they expire", async () => {
    const session = await simulator.issueSession(600_000);
    const temporary = config("cn-hangzhou", { ...simulator.credentials, ...session });
    (temporary as { securityToken?: string }).securityToken = session.securityToken;
    const regions = new ecs.DescribeRegionsRequest({});
    const client = new EcsClient(temporary as never);
    expect((await client.describeRegions(regions)).body?.regions?.region?.length).toBeGreaterThan(5);
    simulator.faults.add({ effect: { kind: "expireToken" } });
    expect(await failureOf(client.describeRegions(regions))).toMatchObject({
      code: "InvalidSecurityToken.Expired",
    });
  });

  it("understands the generic client and the classic signature", async () => {
    for (const signatureAlgorithm of [undefined, "v2"]) {
      const settings = config("cn-hangzhou");
      if (signatureAlgorithm) settings.signatureAlgorithm = signatureAlgorithm;
      const Client = openApi as unknown as { default: new (config: unknown) => { callApi: CallApi } };
      const client = new Client.default(settings);
      const params = new openApi.$OpenApiUtil.Params({
        action: "GetCallerIdentity",
        version: "2015-04-01",
        protocol: "HTTP",
        pathname: "/",
        method: "POST",
        authType: "AK",
        style: "RPC",
        reqBodyType: "formData",
        bodyType: "json",
      });
      const answer = await client.callApi(params, new openApi.$OpenApiUtil.OpenApiRequest({}), {});
      expect(answer.body).toMatchObject({
        AccountId: simulator.credentials.accountId,
        IdentityType: "Account",
      });
    }
    expect(simulator.requests.list("GetCallerIdentity").map((entry) => entry.signature)).toEqual([
      "acs3",
      "hmac-sha1",
    ]);
  });
});

type CallApi = (
  params: unknown,
  request: unknown,
  runtime: object,
) => Promise<{ body: Record<string, unknown> }>;
