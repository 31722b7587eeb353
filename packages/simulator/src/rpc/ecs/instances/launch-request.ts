import { missingParameter, RpcError } from "../../errors.ts";
import type { RpcParameters } from "../../parameters.ts";
import { readTags, requireOneOf } from "../rules.ts";

/** Parameters of RunInstances that are understood. Those after the blank are kept out of what an instance is made of. */
export const launchParameters: readonly string[] = (
  "RegionId ImageId InstanceType InstanceName HostName Description ZoneId VSwitchId SecurityGroupId SecurityGroupIds.N " +
  "PrivateIpAddress NetworkInterface.N.VSwitchId NetworkInterface.N.SecurityGroupId NetworkInterface.N.SecurityGroupIds.N " +
  "NetworkInterface.N.PrimaryIpAddress NetworkInterface.N.InstanceType Amount MinAmount UniqueSuffix Password KeyPairName " +
  "PasswordInherit UserData InternetMaxBandwidthOut InternetMaxBandwidthIn InternetChargeType InstanceChargeType Period " +
  "PeriodUnit AutoRenew AutoRenewPeriod AutoPay SpotStrategy SpotPriceLimit SpotDuration SpotInterruptionBehavior " +
  "SystemDisk.Category SystemDisk.Size SystemDisk.DiskName SystemDisk.Description SystemDisk.PerformanceLevel " +
  "SystemDisk.Encrypted DataDisk.N.Category DataDisk.N.Size DataDisk.N.SnapshotId DataDisk.N.Device DataDisk.N.DiskName " +
  "DataDisk.N.Description DataDisk.N.DeleteWithInstance DataDisk.N.PerformanceLevel DataDisk.N.Encrypted " +
  "SecurityEnhancementStrategy Tag.N.Key Tag.N.Value DryRun ClientToken AutoReleaseTime DeletionProtection " +
  "ResourceGroupId RamRoleName IoOptimized CreditSpecification HttpEndpoint HttpTokens HttpPutResponseHopLimit"
).split(" ");

/** A launch as far as its parameters tell by themselves. */
export interface LaunchRequest {
  readonly amount: number;
  readonly minAmount: number;
  readonly name: string | undefined;
  readonly hasSuffix: boolean;
  readonly hostName: string | undefined;
  readonly description: string;
  readonly userData: string;
  readonly keyPairName: string;
  readonly bandwidthOutMbps: number;
  readonly bandwidthInMbps: number;
  readonly internetChargeType: string;
  readonly chargeType: string;
  readonly spotStrategy: string;
  readonly autoReleaseAtMs: number | null;
  readonly deletionProtection: boolean;
  readonly resourceGroupId: string;
  readonly ramRoleName: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

const userDataLimitBytes = 32 * 1024;
const minuteMs = 60_000;

/** Reads what can be judged without looking at anything else; each refusal has the vendor's code. */
export function readLaunchRequest(parameters: RpcParameters, serviceNowMs: number): LaunchRequest {
  const amount = parameters.integer("Amount", { min: 1, max: 100 }) ?? 1;
  const minAmount = parameters.integer("MinAmount", { min: 1, max: 100 }) ?? amount;
  if (minAmount > amount) {
    throw new RpcError(400, "InvalidParameter.MinAmount", "MinAmount is larger than Amount.");
  }
  requirePassword(parameters.text("Password"));
  refuseEncryption(parameters);
  const chargeType =
    requireOneOf(
      parameters.text("InstanceChargeType"),
      ["PostPaid", "PrePaid"],
      "InvalidInstanceChargeType.ValueNotSupported",
    ) ?? "PostPaid";
  if (chargeType === "PrePaid" && parameters.text("Period") === undefined) throw missingParameter("Period");
  requireOneOf(
    parameters.text("SecurityEnhancementStrategy"),
    ["Active", "Deactive"],
    "InvalidSecurityEnhancementStrategy.ValueNotSupported",
  );
  const { autoReleaseAtMs, deletionProtection } = readEnd(parameters, serviceNowMs);
  return {
    amount,
    minAmount,
    name: readName(parameters.text("InstanceName")),
    hasSuffix: parameters.boolean("UniqueSuffix") ?? false,
    hostName: readHostName(parameters.text("HostName")),
    description: readText(parameters.text("Description")),
    userData: readUserData(parameters.text("UserData")),
    keyPairName: readKeyPairName(parameters.text("KeyPairName")),
    bandwidthOutMbps: parameters.integer("InternetMaxBandwidthOut", { min: 0, max: 100 }) ?? 0,
    bandwidthInMbps: parameters.integer("InternetMaxBandwidthIn", { min: 1, max: 200 }) ?? 200,
    internetChargeType:
      requireOneOf(
        parameters.text("InternetChargeType"),
        ["PayByTraffic", "PayByBandwidth"],
        "InvalidInternetChargeType.ValueNotSupported",
      ) ?? "PayByTraffic",
    chargeType,
    spotStrategy:
      requireOneOf(
        parameters.text("SpotStrategy"),
        ["NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo"],
        "InvalidSpotStrategy",
      ) ?? "NoSpot",
    autoReleaseAtMs,
    deletionProtection,
    resourceGroupId: parameters.text("ResourceGroupId") ?? "",
    ramRoleName: parameters.text("RamRoleName") ?? "",
    tags: readTags(parameters),
  };
}

/** A name within the vendor's rules. */
export function readName(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (!/^\p{L}[\p{L}\p{N}._:,[\]-]{1,127}$/u.test(name) || /^https?:\/\//i.test(name)) {
    throw new RpcError(400, "InvalidInstanceName.Malformed", `The instance name ${name} is malformed.`);
  }
  return name;
}

/** A host name within the vendor's rules. */
export function readHostName(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const isWellFormed = /^[A-Za-z0-9][A-Za-z0-9.,[\]-]{0,62}[A-Za-z0-9\]]$/.test(name);
  if (!isWellFormed || /[.-]{2}/.test(name)) {
    throw new RpcError(400, "InvalidHostName.Malformed", `The host name ${name} is malformed.`);
  }
  return name;
}

/** Base64 of at most 32 KiB; empty when absent. */
export function readUserData(text: string | undefined): string {
  if (text === undefined) return "";
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
    throw new RpcError(400, "InvalidUserData.Base64FormatInvalid", "The user data is not base64.");
  }
  if (Buffer.byteLength(text, "base64") > userDataLimitBytes) {
    throw new RpcError(400, "InvalidUserData.SizeExceeded", "The user data is larger than 32 KB.");
  }
  return text;
}

/** 8 to 30 characters of three of the four classes. The password itself is never kept. */
export function requirePassword(password: string | undefined): void {
  if (password === undefined) return;
  const classes = [/[a-z]/, /[A-Z]/, /\d/, /[()`~!@#$%^&*_+=|{}[\]:;'<>,.?/-]/];
  const count = classes.filter((pattern) => pattern.test(password)).length;
  const isWellFormed = /^[\x21-\x7e]{8,30}$/.test(password);
  if (count < 3 || !isWellFormed) {
    throw new RpcError(
      400,
      "InvalidPassword.Malformed",
      "The password does not satisfy the rules for passwords.",
    );
  }
}

function readText(text: string | undefined): string {
  if (text === undefined) return "";
  if (text.length < 2 || text.length > 256 || /^https?:\/\//i.test(text)) {
    throw new RpcError(400, "InvalidDescription.Malformed", "The description is malformed.");
  }
  return text;
}

function readKeyPairName(name: string | undefined): string {
  if (name === undefined) return "";
  if (!/^\p{L}[\p{L}\p{N}._:-]{1,127}$/u.test(name)) {
    throw new RpcError(400, "InvalidKeyPairName.Malformed", `The key pair name ${name} is malformed.`);
  }
  return name;
}

function refuseEncryption(parameters: RpcParameters): void {
  const disks = parameters.structures("DataDisk").map(({ fields }) => fields.boolean("Encrypted"));
  if (parameters.boolean("SystemDisk.Encrypted") || disks.includes(true)) {
    throw new RpcError(
      400,
      "InvalidParameter.KmsNotEnabled",
      "The simulator has no key management: no encrypted disks.",
    );
  }
}

/** `AutoReleaseTime` is a time of day that the caller took from a real clock: service time. */
function readEnd(parameters: RpcParameters, serviceNowMs: number) {
  const deletionProtection = parameters.boolean("DeletionProtection") ?? false;
  const text = parameters.text("AutoReleaseTime");
  if (text === undefined) return { autoReleaseAtMs: null, deletionProtection };
  const atMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) {
    throw new RpcError(400, "InvalidAutoReleaseTime.Malformed", `The time ${text} is malformed.`);
  }
  // Seconds do not count: they are cut off, so a time just thirty minutes away may be a little less.
  const leftMs = atMs - serviceNowMs;
  if (leftMs < 29 * minuteMs || leftMs > 3 * 365 * 24 * 60 * minuteMs) {
    throw new RpcError(
      400,
      "InvalidAutoReleaseTime.Malformed",
      "An instance is released thirty minutes to three years from now.",
    );
  }
  return { autoReleaseAtMs: Math.floor(atMs / minuteMs) * minuteMs, deletionProtection };
}
