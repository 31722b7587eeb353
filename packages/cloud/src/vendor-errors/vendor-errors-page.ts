import { errorCodeEntry } from "@sampan/core";
import type { VendorErrorEntry, VendorService } from "./entry.ts";
import { vendorErrors } from "./index.ts";

const services: Readonly<Record<VendorService, string>> = {
  oss: "OSS",
  ecs: "ECS",
  ram: "RAM",
  sts: "STS",
};

/** The manual's page of vendor codes, as Markdown. Made from the catalogue, and held to it by a test. */
export function vendorErrorsPage(): string {
  const sections = (Object.keys(services) as VendorService[]).flatMap((service) => [
    `## ${services[service]}`,
    "",
    "| code | HTTP | meaning | what to do | Sampan's code |",
    "|---|---|---|---|---|",
    ...vendorErrors
      .filter((entry) => entry.service === service)
      .sort((a, b) => (a.vendorCode < b.vendorCode ? -1 : 1))
      .map(row),
    "",
  ]);
  return [
    "# Error codes of the vendor",
    "",
    "What Alibaba Cloud answers, what it means, and what to do. `sampan explain CODE` prints the same. A code that is not",
    "here is shown as it came, with the id of the request, as `CLOUD_FAILED`.",
    "",
    "*Tried again* means that Sampan makes the same call again by itself. Where Sampan's code is *refused*, it depends on the",
    "call: `CLOUD_IMPORT_REFUSED`, `CLOUD_COPY_REFUSED`, `CLOUD_SHARE_REFUSED` and so on, otherwise `CLOUD_FAILED`.",
    "",
    ...sections,
  ].join("\n");
}

function row(entry: VendorErrorEntry): string {
  const cure = entry.hint ?? (entry.code === "refused" ? "" : (errorCodeEntry(entry.code)?.cure ?? ""));
  const again = entry.retryable ? "Tried again. " : "";
  const mapped = entry.code === "refused" ? "*refused*" : `\`${entry.code}\``;
  const cells = [
    `\`${entry.vendorCode}\``,
    entry.httpStatus,
    entry.meaning,
    `${again}${cure}`.trim(),
    mapped,
  ];
  return `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
}
