import type { WindowsFacts } from "../../facts.ts";
import { valueNumber, valueText, valueTexts } from "../../registry/value.ts";
import type { WindowsRegistry } from "./registry.ts";

/** What the registry says of which Windows it is. */
export type WindowsIdentity = Pick<
  WindowsFacts,
  "name" | "version" | "major" | "minor" | "build" | "edition" | "productType" | "servicePack"
>;

/** The first build that is a Windows 11; its `ProductName` still says 10. */
const firstBuildOf11 = 22_000;

/**
 * Which Windows it is, from `Windows NT\CurrentVersion` and, before Vista, `Control\ProductOptions`. The name is
 * `ProductName` as it stands there, but for Windows 11.
 */
export async function readWindowsIdentity(registry: WindowsRegistry): Promise<WindowsIdentity> {
  const { key } = await registry.software("Microsoft\\Windows NT\\CurrentVersion");
  const text = async (name: string) => valueText(await key?.value(name)) || null;
  const [major, minor] = version(
    valueNumber(await key?.value("CurrentMajorVersionNumber")),
    valueNumber(await key?.value("CurrentMinorVersionNumber")),
    await text("CurrentVersion"),
  );
  const build = wholeNumber((await text("CurrentBuildNumber")) ?? (await text("CurrentBuild")));
  const productName = await text("ProductName");
  const options = (await registry.system("Control\\ProductOptions")).key;
  const productType = typeOf(
    await text("InstallationType"),
    valueText(await options?.value("ProductType")) ?? null,
    productName,
  );
  const suites = valueTexts(await options?.value("ProductSuite"));
  const name =
    build !== null && build >= firstBuildOf11 && productType !== "server"
      ? productName?.replace("Windows 10", "Windows 11")
      : productName;
  return {
    name: name ?? (productType === "server" ? "Windows Server" : "Windows"),
    version: major === null ? null : minor === null ? String(major) : `${major}.${minor}`,
    major,
    minor,
    build,
    productType,
    edition: (await text("EditionID")) ?? (major === 5 ? earlyEdition(productType, suites) : null),
    servicePack: await servicePack(registry, await text("CSDVersion")),
  };
}

/** Windows 10 and later tell their version in numbers; `CurrentVersion` stays at 6.3 there. */
function version(
  major: number | undefined,
  minor: number | undefined,
  text: string | null,
): readonly [number | null, number | null] {
  if (major !== undefined) return [major, minor ?? 0];
  const [first = "", second = ""] = (text ?? "").split(".");
  return [wholeNumber(first), wholeNumber(second)];
}

function typeOf(
  installation: string | null,
  product: string | null,
  name: string | null,
): WindowsFacts["productType"] {
  if (installation !== null) return installation === "Client" ? "client" : "server";
  if (product !== null) return product === "WinNT" ? "client" : "server";
  return name === null ? null : name.includes("Server") ? "server" : "client";
}

/** Windows XP and Server 2003 tell their edition by suites; given in the words of later ones. */
function earlyEdition(productType: WindowsFacts["productType"], suites: readonly string[]): string | null {
  if (productType === "client") return suites.includes("Personal") ? "Home" : "Professional";
  if (productType === null) return null;
  if (suites.some((suite) => suite.startsWith("Small Business"))) return "ServerSBSStandard";
  if (suites.includes("DataCenter")) return "ServerDatacenter";
  if (suites.includes("Enterprise")) return "ServerEnterprise";
  return suites.includes("Blade") ? "ServerWeb" : "ServerStandard";
}

/** `CSDVersion` as text, or as a number whose second byte counts. */
async function servicePack(registry: WindowsRegistry, text: string | null): Promise<number | null> {
  const told = /^Service Pack (\d{1,2})/i.exec(text ?? "")?.[1];
  if (told !== undefined) return Number(told);
  const { key } = await registry.system("Control\\Windows");
  const number = valueNumber(await key?.value("CSDVersion"));
  return number === undefined ? null : (number >>> 8) & 0xff;
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
