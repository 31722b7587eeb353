/** Of regions, zones, buckets and names: SMP100 to SMP109. */
export const places = {
  "SMP100.too-long": "The file is too long, or nests too deep, to be a plan.",
  "SMP100.syntax": "The file is not valid TypeScript: {text}",
  "SMP101.closed": "{name} ({id}) is closed: it takes no new images or instances (as of {date}).",
  "SMP101.no-id": "{id} cannot be a region id, such as cn-hangzhou or ap-southeast-1.",
  "SMP101.unknown": "No region {id} is known (as of {date}).",
  "SMP101.newer": "A newer one goes into extraRegions in sampan.config.ts.",
  "SMP102.other-region": "{zone} is no zone of {region}, where the instance is launched.",
  "SMP102.region": "the region is {region}",
  "SMP102.unseen": "The account sees no zone {zone} in {region}: there are {zones}.",
  "SMP102.no-stock": "{zone} has no stock of {types}.",
  "SMP102.stock-elsewhere": "There is some in {zones}.",
  "SMP103.form":
    "{name} cannot be a bucket's name: OSS takes 3 to 63 lower-case letters, digits and dashes, no dash at the ends.",
  "SMP104.lies": "The bucket {bucket} lies in {real}, not in {said}.",
  "SMP104.differ":
    "The image is made in {wanted}, and the bucket lies in {lies}: an import reads buckets of its own region only.",
  "SMP104.ways": 'Import in {lies} and copy with .copyTo("{wanted}"), or upload to a bucket in {wanted}.',
  "SMP104.bucket": "the bucket, in {region}",
  "SMP104.import-there": "Import in {region}",
  "SMP105.class":
    "The bucket {bucket} is of class {storageClass}: an import reads objects of Standard and IA only.",
  "SMP105.encrypts": "The bucket {bucket} encrypts what it holds: an import reads no encrypted objects.",
  "SMP105.public":
    "Anybody may read the bucket {bucket} ({acl}): a disk holds keys and passwords. Use a private one.",
  "SMP105.expires":
    "A lifecycle rule of {bucket} removes or archives objects after {days} days: perhaps before the import has read them.",
  "SMP105.versions":
    "The bucket {bucket} keeps every version and no rule cleans them: each upload of a disk stays, billed.",
  "SMP106.name": "{name} cannot be a name: {fault}.",
  "SMP106.length": "ECS takes 2 to 128 characters",
  "SMP106.vendor": "names that begin with `aliyun` or `acs:` are the vendor's own",
  "SMP106.address": "an address is none",
  "SMP106.first": "it has to begin with a letter",
  "SMP106.characters": "ECS takes letters, digits, `.`, `:`, `_` and `-`",
  "SMP106.description-length": "The description has {length} characters instead of 2 to 256: ECS refuses it.",
  "SMP106.description-address": "The description begins with http:// or https://: ECS refuses it.",
  "SMP107.image":
    "{region} has an image {name} already ({id}): names are unique, so this one would be refused after the upload.",
  "SMP107.object":
    "The bucket {bucket} holds an object {key} already; it is not replaced unless overwrite: true says so.",
  "SMP107.replace": "Replace it: overwrite: true",
  "SMP108.image-here":
    "Another plan of this file makes an image {name} too: the second is refused after its upload.",
  "SMP108.object-here":
    "Another plan of this file writes the object {name} too: the second is refused, or replaces the first.",
  "SMP108.image-there":
    "A plan in {file} makes an image {name} too: the second that runs is refused after its upload.",
  "SMP108.object-there":
    "A plan in {file} writes the object {name} too: the second that runs is refused, or replaces the first.",
  "SMP108.image-in-many":
    "A plan in {file}, and in other files, makes an image {name} too: the second that runs is refused after its upload.",
  "SMP108.object-in-many":
    "A plan in {file}, and in other files, writes the object {name} too: the second that runs is refused, or replaces the first.",
} as const;
