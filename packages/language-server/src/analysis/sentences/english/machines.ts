/** Of disks, machines and platforms: SMP120 to SMP124. */
export const machines = {
  "SMP120.too-many":
    "{count} disks are named: an image takes one system disk and {most} data disks ({source}).",
  "SMP120.too-large":
    "The disk {name} has {size}: an image takes disks of up to 2,048 GiB ({source}). Leave it out, or shrink it.",
  "SMP120.vhd": "The disk {name} has {size}: a VHD ends at 2,040 GiB. Take toRaw() or toQcow2().",
  "SMP121.arm-bios": "ARM images boot by UEFI only: ECS refuses BIOS (InvalidBootMode.NotSupport).",
  "SMP121.boot":
    "The host boots by {host}, as its last run found: an image that is started by {said} stays dark.",
  "SMP121.architecture":
    "The host is of {host}, as its last run found, and the image is said to be of {said}.",
  "SMP121.type": "{type} is of {family}, and the image of {architecture}: it would never boot there.",
  "SMP121.of-image": "the image's architecture",
  "SMP122.stopped": "The last run stopped at {rule}: {message}.",
  "SMP122.mends": "prepare() mends it by the fix-up {fixup}.",
  "SMP122.accept": "Accept {rule} with a reason",
  "SMP123.unknown": "ImportImage has no platform {name} (reference of 2025).",
  "SMP123.others": "For any other Linux there is Others Linux.",
  "SMP123.found": "The last run found {found} on the host; as {said} the cloud would adapt it wrongly.",
  "SMP124.own":
    '{platform} is imported with a licence of your own: the cloud refuses licenseType "Aliyun" for it.',
  "SMP124.nothing": "{platform} has no licence that anybody brings: licenseType says nothing here.",
  "SMP124.platform": "the platform is {platform}",
} as const;
