import type { KnownTexts } from "../../../known-texts.ts";

/** What the errors of image files say. One file, for it is one table that is only looked up. */
export const imageErrorTexts: KnownTexts = {
  "an extent of {extent} at {offset} does not follow {position}":
    "位于 {offset} 的区段 {extent} 不接在 {position} 之后",
  "extents end at {position} of a disk of {sizeBytes} bytes":
    "区段在 {position} 处结束，而磁盘为 {sizeBytes} 字节",
  "maps of {sizeBytes} and {sizeBytes2} bytes cannot be combined":
    "大小为 {sizeBytes} 和 {sizeBytes2} 字节的映射无法合并",
  "its {what} would be link {number} of a chain of images": "其{what}将是镜像链的第 {number} 环",
  "At most {value} are followed. Merge some of them with the tool that made them.":
    "最多可跟踪 {value} 环。请用创建它们的工具合并其中一部分。",
  "its {what} is the image itself": "其{what}就是该镜像自身",
  "its {what} is one of its own children": "其{what}是它自己的子镜像",
  "encoding a disk of {units} units in an order that stores {count} from {first} on":
    "以从 {first} 起存储 {count} 个的次序编码 {units} 个单元的磁盘",
  "Give the order of an earlier image of the same disk, or none.": "请给出同一磁盘先前镜像的次序，或不给出。",
  "encoding a disk of 0 bytes": "编码 0 字节的磁盘",
  "Give a disk that has at least one byte.": "请给出至少有一个字节的磁盘。",
  "encoding a disk of {sizeBytes} bytes by a map of {sizeBytes2} bytes":
    "以 {sizeBytes2} 字节的映射编码 {sizeBytes} 字节的磁盘",
  "encoding a disk of {sizeBytes} as VHD, which holds at most 2,040 GiB":
    "将 {sizeBytes} 的磁盘编码为 VHD，而 VHD 最多容纳 2,040 GiB",
  "encoding a VHD with a unique id of {uniqueId} bytes, not 16":
    "编码 VHD：唯一 ID 为 {uniqueId} 字节，而不是 16 字节",
  "encoding a VHD with a creation time that is no date": "编码 VHD：创建时间不是日期",
  "limiting reads to {bytesPerSecond} bytes a second": "将读取限制为每秒 {bytesPerSecond} 字节",
  "a map of {sizeBytes} bytes does not fit a disk of {sizeBytes2}":
    "{sizeBytes} 字节的映射与 {sizeBytes2} 字节的磁盘不符",
  "reading an image whose tables point to {length} bytes at {at} of a file of {containerBytes} bytes":
    "读取镜像文件：其表指向 {at} 处的 {length} 字节，而文件为 {containerBytes} 字节",
  "unpacking the gzip data at {at}": "解压位于 {at} 的 gzip 数据",
  "it is damaged": "它已损坏",
  "reading a compressed image of {sizeBytes} bytes, which ends within its data":
    "读取 {sizeBytes} 字节的压缩镜像文件：它在数据中途结束",
  "opening {path}, which unpacks to more than {limitBytes} bytes":
    "打开 {path}：解压后超过 {limitBytes} 字节",
  "If you trust it, unpack it yourself and give the unpacked file, or raise `unpacking.maximumRatio` and `unpacking.maximumBytes`.":
    "如果信任它，请自行解压并给出解压后的文件，或提高 `unpacking.maximumRatio` 和 `unpacking.maximumBytes`。",
  "unpacking {path} into {folder}, which has {roomBytes} bytes to spare":
    "将 {path} 解压到 {folder}：该处剩余 {roomBytes} 字节",
  "Name a folder with more space by `unpacking.scratchFolder`, or by TMPDIR.":
    "请用 `unpacking.scratchFolder` 或 TMPDIR 指定空间更大的目录。",
  "unpacking {path} into {folder}": "将 {path} 解压到 {folder}",
  "the system answered {code}": "系统返回 {code}",
  "the system answered an error": "系统返回错误",
  "unpacking the data at {at}, which holds {unpacked} bytes and should hold {index}":
    "解压位于 {at} 的数据：得到 {unpacked} 字节，应为 {index} 字节",
  "unpacking a zstd file": "解压 zstd 文件",
  "the frame at {at} says it holds {contentBytes} bytes and holds {unpackedBytes}":
    "位于 {at} 的帧记录为 {contentBytes} 字节，实为 {unpackedBytes} 字节",
  "reading a zstd file with more than {value} empty frames before {at}":
    "读取 zstd 文件：{at} 之前的空帧超过 {value} 个",
  "reading the zstd frame at {at}, whose window has {windowBytes} bytes":
    "读取位于 {at} 的 zstd 帧：其窗口为 {windowBytes} 字节",
  "Pack it again without `--long` beyond 27, or unpack it yourself.":
    "请重新压缩，`--long` 不超过 27，或自行解压。",
  "its format, {name}, is not read": "不能读取其格式 {name}",
  "Unpack it, or convert it with the tool that made it to raw, VHD, VMDK or QCOW2.":
    "请解压，或用创建它的工具转换为 raw、VHD、VMDK 或 QCOW2。",
  "unpacking the compressed data at {at}": "解压位于 {at} 的压缩数据",
  "it holds {full} disks": "其中有 {full} 个磁盘",
  "its disk {choice} is empty and has no file": "其中的磁盘 {choice} 为空，没有文件",
  "it holds no disk {choice}": "其中没有磁盘 {choice}",
  "Choose one by its number or name: {names}.": "请用序号或名称选择一个：{names}。",
  "Choose one by its number or name: none has a file.": "请用序号或名称选择一个：都没有文件。",
  "opening {path}, whose manifest has {sizeBytes} bytes": "打开 {path}：其 manifest 为 {sizeBytes} 字节",
  "its manifest does not list {name}": "其 manifest 没有列出 {name}",
  "the {algorithm} of {name} is {digest}, its manifest says {digest2}":
    "{name} 的 {algorithm} 为 {digest}，而其 manifest 中为 {digest2}",
  "It was changed or damaged since it was exported. Copy or export it again; without `checkManifest` it is read as it is.":
    "它在导出之后被更改或损坏。请重新复制或导出；不带 `checkManifest` 时按原样读取。",
  "its manifest (.mf) is not there": "其 manifest（`.mf`）不在该处",
  "It says what the package's files should be. Leave `checkManifest` out to read the disk without it.":
    "它记录了软件包的文件应有的内容。去掉 `checkManifest` 可不经检查读取磁盘。",
  "opening {path}, a tar archive without an OVF description": "打开 {path}：tar 归档中没有 OVF 描述",
  "opening {path}, whose OVF description has {sizeBytes} bytes":
    "打开 {path}：其 OVF 描述为 {sizeBytes} 字节",
  "{name} is not in it": "其中没有 {name}",
  "The package is incomplete; export it again.": "软件包不完整；请重新导出。",
  "{name} is in it twice": "其中有两个 {name}",
  "reading the OVF description in {path}": "读取 {path} 中的 OVF 描述",
  "it declares a document type of its own": "它声明了自己的文档类型",
  "it lists no disk": "其中没有列出磁盘",
  "it lists {found} disks": "其中列出了 {found} 个磁盘",
  "disk {index} lies in a file it does not list": "磁盘 {index} 位于没有列出的文件中",
  "disk {index} is cut into {chunk} pieces": "磁盘 {index} 被分为 {chunk} 段",
  "reading a tar archive of {sizeBytes} bytes, whose entry at {at} has {sizeBytes2} bytes":
    "读取 {sizeBytes} 字节的 tar 归档：位于 {at} 的条目为 {sizeBytes2} 字节",
  "reading a tar archive, whose header at {at} has more than {value} entries":
    "读取 tar 归档：位于 {at} 的头部有超过 {value} 个条目",
  "reading a tar archive, whose header at {at} has a size that is no number":
    "读取 tar 归档：位于 {at} 的头部中大小不是数字",
  "reading a tar archive, whose header at {at} has {attributesBytes} bytes of attributes":
    "读取 tar 归档：位于 {at} 的头部有 {attributesBytes} 字节的属性",
  "reading a tar archive, whose header at {at} has a wrong checksum":
    "读取 tar 归档：位于 {at} 的头部校验和错误",
  "a packed unit in a format that packs nothing": "在不压缩的格式中有压缩单元",
  "unpacking the data at {at}, which holds only {length} bytes": "解压位于 {at} 的数据：只有 {length} 字节",
  "opening {path}, a Parallels image": "打开 {path}：Parallels 镜像",
  "its mark is missing": "缺少标识",
  "its clusters have {true} bytes": "其簇为 {true} 字节",
  "its table has {true} entries and its size needs {clusterBytes}":
    "其表有 {true} 项，而按其大小需要 {clusterBytes} 项",
  "opening {path}, a Parallels image of version {true}": "打开 {path}：版本 {true} 的 Parallels 镜像",
  "Version 2 is read.": "只读取版本 2。",
  "opening {path}, one of the {count} images of a Parallels disk with snapshots or parts":
    "打开 {path}：带有快照或分段的 Parallels 磁盘的 {count} 个镜像之一",
  "Delete the snapshots in Parallels, or merge them with `prl_disk_tool merge`, so that one image is left.":
    "请在 Parallels 中删除快照，或用 `prl_disk_tool merge` 合并，使其只剩一个镜像。",
  "a packed unit in a part that packs nothing": "在不压缩的分段中有压缩单元",
  "a packed unit in no part": "压缩单元不属于任何分段",
  "reading a VMDK whose parts are together larger than any disk": "读取 VMDK：其各分段之和大于任何磁盘",
  "opening {path}, a QCOW2 image whose backing file has the format {said}":
    "打开 {path}：QCOW2 镜像的后备文件格式为 {said}",
  "opening {path}, a QCOW2 image that does not say which format its backing file has":
    "打开 {path}：QCOW2 镜像没有说明其后备文件的格式",
  "If you know that it is raw, record it: `qemu-img rebase -u -b BACKING -F raw IMAGE`.":
    "如果确知它是 raw 格式，请将其记录：`qemu-img rebase -u -b BACKING -F raw IMAGE`。",
  "its table of {tableEntries} entries is too large for a backing file":
    "其表有 {tableEntries} 项，对后备文件而言过大",
  "Merge the chain of backing files first: `qemu-img convert` writes the whole disk into one file.":
    "请先合并后备文件链：`qemu-img convert` 会将整个磁盘写入一个文件。",
  "reading a QCOW2 image whose L1 table names the L2 table at {index} twice":
    "读取 QCOW2 镜像文件：其 L1 表两次引用位于 {index} 的 L2 表",
  "reading a zero cluster in a QCOW2 image of version 2, which has none":
    "读取版本 2 的 QCOW2 镜像文件中的零簇：该版本没有零簇",
  "reading a QCOW2 table entry whose subclusters contradict it": "读取 QCOW2 表项：其子簇与之矛盾",
  "reading a compressed cluster in a QCOW2 image with an external data file, which has none":
    "读取带有外部数据文件的 QCOW2 镜像中的压缩簇：此类镜像没有压缩簇",
  "reading a QCOW2 table entry in which reserved bits are set": "读取 QCOW2 表项：保留位被置位",
  "reading a QCOW2 image": "读取 QCOW2 镜像文件",
  "an L2 table stands at {offset}, which is no cluster's start": "位于 {offset} 的 L2 表不在簇的起始处",
  "a cluster stands at {offset}, which is no cluster's start": "位于 {offset} 的簇不在簇的起始处",
  "a QCOW2 header extension has {at} bytes": "QCOW2 头部扩展为 {at} 字节",
  "opening {path}, which is called a QCOW2 image and does not begin like one":
    "打开 {path}：其名称为 QCOW2 镜像，但开头不是",
  "Its first bytes may have been overwritten. If it is a raw disk, say so with the format `raw`.":
    "其开头的字节可能被覆盖。如果它是 raw 磁盘，请用格式 `raw` 指明。",
  "its QCOW2 magic number is missing": "缺少 QCOW2 的标识",
  "opening {path}, which ends within its QCOW2 header": "打开 {path}：它在 QCOW2 头部中途结束",
  "opening {path}, a QCOW2 image that does not name its data file":
    "打开 {path}：QCOW2 镜像没有指明其数据文件",
  "Record its name: `qemu-img amend -o data_file=FILE IMAGE`.":
    "请记录其名称：`qemu-img amend -o data_file=FILE IMAGE`。",
  "opening {path}, a QCOW2 image": "打开 {path}：QCOW2 镜像",
  "it ends within its header": "它在头部中途结束",
  "its header says {bytes} bytes": "其头部记录为 {bytes} 字节",
  "the name of its backing file has {value} bytes": "其后备文件的名称为 {value} 字节",
  "its clusters have 2^{power} bytes": "其簇为 2^{power} 字节",
  "it has subclusters in clusters of 2^{power} bytes": "在 2^{power} 字节的簇中有子簇",
  "its disk has 0 bytes": "其磁盘为 0 字节",
  "its table has {count} entries where {extended} are needed": "其表有 {count} 项，而需要 {extended} 项",
  "its L1 table stands at {offset}, which is no cluster's start": "位于 {offset} 的 L1 表不在簇的起始处",
  "opening {path}, a QCOW2 image with version {version}": "打开 {path}：版本 {version} 的 QCOW2 镜像",
  "opening {path}, a QCOW2 image with unknown incompatible features {knownBits}":
    "打开 {path}：QCOW2 镜像带有未知的不兼容特性 {knownBits}",
  "opening {path}, a QCOW2 image with compression of type {type}":
    "打开 {path}：QCOW2 镜像的压缩类型为 {type}",
  "Versions 2 and 3 are read.": "只读取版本 2 和 3。",
  "A newer QEMU may have made it; convert it with that.": "它可能由更新的 QEMU 创建；请用该 QEMU 转换。",
  "Convert it with `qemu-img convert -O qcow2 -o compression_type=zlib`.":
    "请用 `qemu-img convert -O qcow2 -o compression_type=zlib` 转换。",
  "opening {path}, a QCOW2 image encrypted by method {method}": "打开 {path}：QCOW2 镜像以方式 {method} 加密",
  "opening {path}, a QCOW2 image that is marked as corrupt": "打开 {path}：QCOW2 镜像被标记为已损坏",
  "QEMU found its tables damaged. Repair a copy with `qemu-img check -r all` and look at what it says.":
    "QEMU 发现其表已损坏。请用 `qemu-img check -r all` 修复一份副本，并查看其输出。",
  "the table of its snapshot has {tableEntries} entries at {tableOffset} where {perTable} are needed":
    "其快照的表在 {tableOffset} 处有 {tableEntries} 项，而需要 {perTable} 项",
  "opening the snapshot {wanted} of {path}, which has none": "打开 {path} 的快照 {wanted}：它没有快照",
  "opening the snapshot {wanted} of {path}, which has {names}": "打开 {path} 的快照 {wanted}：它有 {names}",
  "it has {count} snapshots": "它有 {count} 个快照",
  "its snapshot table stands at {snapshotsOffset}": "其快照表位于 {snapshotsOffset}",
  "its snapshot table reaches past its end": "其快照表超出文件末尾",
  "opening {path}, a QCOW image of version 1": "打开 {path}：版本 1 的 QCOW 镜像",
  "it does not begin like one": "其开头不符",
  "its tables have 2^{power} entries": "其表有 2^{power} 项",
  "its disk has {bytes} bytes": "其磁盘为 {bytes} 字节",
  "its tables are not aligned": "其表没有对齐",
  "opening {path}, a QCOW image encrypted by method {method}": "打开 {path}：QCOW 镜像以方式 {method} 加密",
  "opening {path}, which is empty": "打开 {path}：它是空的",
  "opening {path}, a part of a split disk in a folder that cannot be listed":
    "打开 {path}：它是分段磁盘的一段，而所在目录无法列出",
  "Copy all its parts into one folder and open the first of them there.":
    "请将其所有分段复制到同一目录，并打开其中的第一段。",
  "{gap}, a part of this disk, is not there": "该磁盘的分段 {gap} 不在该处",
  "Put all parts into one folder. If the file is a disk of its own, give it a name without a number at its end.":
    "请将所有分段放到同一目录。如果该文件自成一个磁盘，请改用末尾没有数字的名称。",
  "opening {path}, which is not the first part of its disk": "打开 {path}：它不是其磁盘的第一段",
  "Open {first} instead: it opens all parts as one disk.":
    "请改为打开 {first}：这样会将所有分段作为一个磁盘打开。",
  "opening {path}, a disk in {numbers} parts": "打开 {path}：磁盘分为 {numbers} 段",
  "At most {value} are opened at once. Put them together, for example with `cat`.":
    "最多同时打开 {value} 段。请将其合并，例如使用 `cat`。",
  "its part {name} has {sizeBytes} bytes, the first has {sizeBytes2}":
    "其分段 {name} 为 {sizeBytes} 字节，第一段为 {sizeBytes2} 字节",
  "reading {what} of {length} bytes at {offset} of a file of {sizeBytes} bytes":
    "在偏移 {offset} 处读取 {length} 字节的{what}，而文件只有 {sizeBytes} 字节",
  "reading {what}, in which two entries, {accounts} and {place}, overlap":
    "读取{what}：其中 {accounts} 和 {place} 两项重叠",
  "the OVF description": "OVF 描述",
  "a tar header": "tar 头部",
  "the Parallels header": "Parallels 头部",
  "the Parallels descriptor": "Parallels 描述文件",
  "a table": "表",
  "the L1 table": "L1 表",
  "an L2 table": "L2 表",
  "the L1 table of a QCOW image": "QCOW 镜像的 L1 表",
  "the QCOW2 header extensions": "QCOW2 头部扩展",
  "the QCOW2 header": "QCOW2 头部",
  "the QCOW2 snapshot table": "QCOW2 快照表",
  "the QCOW header": "QCOW 头部",
  "the VDI header": "VDI 头部",
  "a VDI header": "VDI 头部",
  "the dynamic VHD header": "动态 VHD 头部",
  "the block allocation table": "块分配表",
  "a parent locator": "父镜像定位符",
  "the VHD footer": "VHD 尾部",
  "the VHDX block table": "VHDX 块表",
  "a VHDX header": "VHDX 头部",
  "a VHDX region table": "VHDX 区域表",
  "the VHDX metadata table": "VHDX 元数据表",
  "the VHDX log": "VHDX 日志",
  "the VHDX mark": "VHDX 标识",
  "the COWD header": "COWD 头部",
  "the grain directory": "数据块目录",
  "a grain table": "数据块表",
  "the seSparse header": "seSparse 头部",
  "the volatile seSparse header": "seSparse 易变头部",
  "the seSparse directory": "seSparse 目录",
  "the VMDK header": "VMDK 头部",
  "the VMDK footer": "VMDK 尾部",
  "the VMDK descriptor": "VMDK 描述文件",
  "backing file": "后备文件",
  "data file": "数据文件",
  parent: "父镜像",
  part: "分段",
  disk: "磁盘",
  "reading {name} at {tableOffset}, which is not aligned": "读取位于 {tableOffset} 的 {name}：没有对齐",
  "reading {name}, which has {unitBytes} entries": "读取 {name}：它有 {unitBytes} 项",
  "At most {value} are read, which is 64 TiB in units of 1 MiB.":
    "最多读取 {value} 项，以 1 MiB 为单位即 64 TiB。",
  "{stored} units of {unitBytes} bytes are said to lie in {sizeBytes} bytes":
    "{sizeBytes} 字节中据称有 {stored} 个 {unitBytes} 字节的单元",
  "unpacking the zstd frame at {at}, which is damaged": "解压位于 {at} 的 zstd 帧：它已损坏",
  "opening {path}, which is called a VDI image and does not bear its mark":
    "打开 {path}：其名称为 VDI 镜像，但没有其标识",
  "opening {path}, a VDI image": "打开 {path}：VDI 镜像",
  "its type is {true}": "其类型为 {true}",
  "extra bytes before each block": "每块之前有额外的字节",
  "Version 1.1 is read; clone it with VirtualBox.": "只读取版本 1.1；请用 VirtualBox 克隆。",
  "Clone it with VirtualBox.": "请用 VirtualBox 克隆。",
  "opening {path}, a VDI image with the changes since another":
    "打开 {path}：VDI 镜像只含有相对另一个镜像的更改",
  "no .vdi file beside it has the id {parent}": "其旁没有 ID 为 {parent} 的 `.vdi` 文件",
  "Put its parent beside it, or allow the folder it lies in with `--allow-path FOLDER`; or clone the disk with VirtualBox, which writes it into one file: `VBoxManage clonemedium IMAGE WHOLE.vdi`.":
    "请将父镜像放在其旁，或用 `--allow-path FOLDER` 允许其所在的目录；也可以用 VirtualBox 克隆该磁盘，将其写入一个文件：`VBoxManage clonemedium IMAGE WHOLE.vdi`。",
  "the last change of its parent should be {parentChange}, that of {context} is {changeId}":
    "其父镜像的最后更改应为 {parentChange}，而 {context} 的为 {changeId}",
  "The parent was written to after this image was made on it, or is another copy of it.":
    "在此镜像创建之后父镜像又被写入，或该父镜像是另一份副本。",
  "no dynamic VHD header stands at {dataOffset}": "{dataOffset} 处没有动态 VHD 头部",
  "the checksum of its dynamic header is {stored} and should be {computed}":
    "其动态头部的校验和为 {stored}，应为 {computed}",
  "its VHD blocks have {bytes} bytes": "其 VHD 块为 {bytes} 字节",
  "its size needs a table of {blockBytes} entries": "按其大小需要 {blockBytes} 项的表",
  "A VHD of 2,040 GiB in blocks of 512 KiB has fewer. The file is damaged, or no VHD.":
    "2,040 GiB 的 VHD 以 512 KiB 为块也没有这么多。文件已损坏，或不是 VHD。",
  "its block allocation table stands at {offset}, which is not aligned": "位于 {offset} 的块分配表没有对齐",
  "its parent's unique id is {subarray}, that of {path2} is {found}":
    "其父镜像的唯一 ID 为 {subarray}，而 {path2} 的为 {found}",
  "reading the VHD footer at {offset}": "读取位于 {offset} 的 VHD 尾部",
  "its cookie is missing": "缺少标识",
  "The file may have been cut short or still be growing; compare its size with the original and copy it again.":
    "文件可能被截断或仍在增长；请与原文件比较大小并重新复制。",
  "its checksum is {stored} and should be {computed}": "其校验和为 {stored}，应为 {computed}",
  "its last sector is a VHD footer but for its cookie": "其最后一个扇区除标识外是 VHD 尾部",
  "opening {path}, which is called a VHD and has no VHD footer": "打开 {path}：其名称为 VHD，但没有 VHD 尾部",
  "The file may have been cut short; copy it again. If it is a raw disk, say so with the format `raw`.":
    "文件可能被截断；请重新复制。如果它是 raw 磁盘，请用格式 `raw` 指明。",
  "its VHD footer says 0 bytes": "其 VHD 尾部记录为 0 字节",
  "{currentSizeBytes} bytes of disk should stand before the footer at {offset}":
    "位于 {offset} 的尾部之前应有 {currentSizeBytes} 字节的磁盘内容",
  "its VHD footer has the disk type {diskType}": "其 VHD 尾部的磁盘类型为 {diskType}",
  "the VHD footer and its copy contradict each other": "VHD 尾部与其副本相互矛盾",
  "reading a VHDX image whose table of {batBytes} bytes should have {perChunk} entries":
    "读取 VHDX 镜像文件：{batBytes} 字节的表应有 {perChunk} 项",
  "reading a VHDX image whose block {block} is partly present and has no sector bitmap":
    "读取 VHDX 镜像文件：块 {block} 部分存在，却没有扇区位图",
  "reading a VHDX image whose block {block} has the state {state} and the place {at}":
    "读取 VHDX 镜像文件：块 {block} 的状态为 {state}，位置为 {at}",
  "opening {path}, a VHDX image of version {true} with a log of version {true2}":
    "打开 {path}：版本 {true}、日志版本 {true2} 的 VHDX 镜像",
  "Version 1 with a log of version 0 is read.": "只读取版本 1、日志版本 0。",
  "neither of its VHDX headers has a right checksum": "其两个 VHDX 头部的校验和都不正确",
  "neither of its VHDX region tables is sound": "其两个 VHDX 区域表都无效",
  "opening {path}, a VHDX image with the unknown region {at}, which is said to be required":
    "打开 {path}：VHDX 镜像带有未知的必需区域 {at}",
  "its VHDX region bat is named twice or stands at {true}": "其 VHDX 的 `bat` 区域出现两次，或位于 {true}",
  "its VHDX region metadata is named twice or stands at {true}":
    "其 VHDX 的 `metadata` 区域出现两次，或位于 {true}",
  "its VHDX region bat of {true} bytes at {true2} reaches past its {sizeBytes} bytes":
    "其 VHDX 的 `bat` 区域位于 {true2}，为 {true} 字节，超出文件的 {sizeBytes} 字节",
  "its VHDX region metadata of {true} bytes at {true2} reaches past its {sizeBytes} bytes":
    "其 VHDX 的 `metadata` 区域位于 {true2}，为 {true} 字节，超出文件的 {sizeBytes} 字节",
  "its VHDX region table lacks a region": "其 VHDX 区域表缺少一个区域",
  "replaying the log of a VHDX image, whose entries overlap": "重放 VHDX 镜像文件的日志：其条目重叠",
  "opening {path}, a VHDX image": "打开 {path}：VHDX 镜像",
  "its metadata lacks a sound file parameters": "其元数据中没有有效的文件参数",
  "its metadata lacks a sound logical sector size": "其元数据中没有有效的逻辑扇区大小",
  "its metadata lacks a sound virtual disk size": "其元数据中没有有效的虚拟磁盘大小",
  "its metadata lacks a sound virtual disk id": "其元数据中没有有效的虚拟磁盘 ID",
  "its metadata lacks a sound parent locator": "其元数据中没有有效的父镜像定位符",
  "its sectors have {true} bytes": "其扇区为 {true} 字节",
  "no VHDX metadata table stands at {metadataOffset}": "{metadataOffset} 处没有 VHDX 元数据表",
  "opening {path}, a VHDX image with the unknown metadata {at}, which is said to be required":
    "打开 {path}：VHDX 镜像带有未知的必需元数据 {at}",
  "its VHDX {guid} stands outside its region or twice": "其 VHDX 的 {guid} 位于所在区域之外，或出现两次",
  "opening {path}, a VHDX image whose parent is named by {bytes}":
    "打开 {path}：VHDX 镜像的父镜像以 {bytes} 指明",
  "Merge it with its parent first, for example with Hyper-V's Merge-VHD.":
    "请先将其与父镜像合并，例如使用 Hyper-V 的 Merge-VHD。",
  "its VHDX parent locator points outside itself": "其 VHDX 父镜像定位符指向自身之外",
  "its VHDX log has {logBytes} bytes at {logOffset}": "其 VHDX 日志位于 {logOffset}，为 {logBytes} 字节",
  "its VHDX log should be replayed and holds no sound entry": "其 VHDX 日志需要重放，却没有有效的条目",
  "The image was in use when it was copied. Copy it again when nothing writes to it.":
    "复制时该镜像正在使用。请在没有程序写入时重新复制。",
  "its VHDX log is for a file of {flushedBytes} bytes and it has {sizeBytes}":
    "其 VHDX 日志属于 {flushedBytes} 字节的文件，而该文件为 {sizeBytes} 字节",
  "its VHDX log holds {changes} changes": "其 VHDX 日志有 {changes} 处更改",
  "opening {path}, which is called a VHDX image and does not begin like one":
    "打开 {path}：其名称为 VHDX 镜像，但开头不是",
  "its VHDX mark is missing": "缺少 VHDX 的标识",
  "its parent's data-write id is {said}, that of {path2} is {found}":
    "其父镜像的数据写入 ID 为 {said}，而 {path2} 的为 {found}",
  "The parent was changed after this image was made on it, or is another one.":
    "在此镜像创建之后父镜像被更改，或该父镜像是另一个。",
  "reading a COWD header": "读取 COWD 头部",
  "its magic number is missing": "缺少标识",
  "its capacity is 0": "其容量为 0",
  "its grains have {true} sectors": "其粒度为 {true} 个扇区",
  "its directory has {true} entries where {entriesPerTable} are needed":
    "其目录有 {true} 项，而需要 {entriesPerTable} 项",
  "its directory stands in its header": "其目录位于头部之中",
  "reading a COWD file of version {true}": "读取版本 {true} 的 COWD 文件",
  "reading a VMDK descriptor that names more than {value} parts": "读取 VMDK 描述文件：分段超过 {value} 个",
  "reading a VMDK descriptor that says {key} twice, differently": "读取 VMDK 描述文件：{key} 出现两次且不同",
  "reading a VMDK whose directory would have {entriesPerTable} entries":
    "读取 VMDK：其目录将有 {entriesPerTable} 项",
  "reading a VMDK whose grain directory would stand in its header": "读取 VMDK：其数据块目录位于头部之中",
  "reading the compressed grain at {at}, which is said to have {size} bytes":
    "读取位于 {at} 的压缩数据块：据称为 {size} 字节",
  "reading the VMDK table entry at {place}, which is {entry}":
    "读取位于 {place} 的 VMDK 表项：其值为 {entry}",
  "opening {path}, which is one part of a VMDK disk (twoGbMaxExtentFlat) without its descriptor":
    "打开 {path}：它是 VMDK 磁盘的一个分段（twoGbMaxExtentFlat），没有描述文件",
  "opening {path}, which is one part of a VMDK disk (vmfsSparse) without its descriptor":
    "打开 {path}：它是 VMDK 磁盘的一个分段（vmfsSparse），没有描述文件",
  "opening {path}, which is one part of a VMDK disk (seSparse) without its descriptor":
    "打开 {path}：它是 VMDK 磁盘的一个分段（seSparse），没有描述文件",
  "opening {path}, which is one part of a VMDK disk (part of a split disk) without its descriptor":
    "打开 {path}：它是分段的 VMDK 磁盘的一个分段，没有描述文件",
  "Open {path} instead: it is the descriptor that makes the parts one disk.":
    "请改为打开 {path}：它是将各分段组成一个磁盘的描述文件。",
  "Open the disk's descriptor instead: a small text file called .vmdk that names this part.":
    "请改为打开该磁盘的描述文件：它是一个扩展名为 `.vmdk` 的小文本文件，其中列出了此分段。",
  "opening {path}, a VMDK descriptor": "打开 {path}：VMDK 描述文件",
  "its parts are together larger than any disk": "其各分段之和大于任何磁盘",
  "a part of type {type} has no file": "类型为 {type} 的分段没有文件",
  "two parts lie in {path2}": "有两个分段位于 {path2}",
  "{path2} holds {sizeBytes} bytes where its descriptor says {sizeBytes2}":
    "{path2} 为 {sizeBytes} 字节，而其描述文件中为 {sizeBytes2} 字节",
  "{oddLines} of its lines should describe a part and cannot be understood":
    "其中有 {oddLines} 行应描述分段，但无法识别",
  "it names no part of the disk": "其中没有指明磁盘的分段",
  "opening {path}, a VMDK with a part of type {type}": "打开 {path}：VMDK 有类型为 {type} 的分段",
  "opening {path}, a VMDK with a part marked NOACCESS, whose bytes no program may read":
    "打开 {path}：VMDK 有标记为 NOACCESS 的分段，任何程序都不能读取其内容",
  "Copy the device behind it, or its machine, as a host.": "请将其后的设备或其机器作为主机复制。",
  "Copy the disk from the machine that may read all of it.": "请在可以读取全部内容的机器上复制该磁盘。",
  "reading a seSparse VMDK whose journal must be replayed first": "读取 seSparse VMDK：其日志须先重放",
  "Power the machine on and off again on its ESXi host, or consolidate its snapshots, and copy the files again.":
    "请在其 ESXi 主机上启动并关闭该虚拟机，或合并其快照，然后重新复制文件。",
  "reading the seSparse table entry at {place}, which is {high} {low}":
    "读取位于 {place} 的 seSparse 表项：其值为 {high} {low}",
  "reading a seSparse VMDK": "读取 seSparse VMDK",
  "entry {index} of its directory is {mark} {hex}": "其目录的第 {index} 项为 {mark} {hex}",
  "the capacity of a seSparse file is {count} sectors": "seSparse 文件的容量为 {count} 个扇区",
  "the grain size of a seSparse file is {count} sectors": "seSparse 文件的粒度为 {count} 个扇区",
  "the table size of a seSparse file is {count} sectors": "seSparse 文件的表为 {count} 个扇区",
  "the place of the volatile seSparse header is {count} sectors": "seSparse 易变头部的位置为 {count} 个扇区",
  "the place of the seSparse directory is {count} sectors": "seSparse 目录的位置为 {count} 个扇区",
  "the size of the seSparse directory is {count} sectors": "seSparse 目录的大小为 {count} 个扇区",
  "the place of the seSparse tables is {count} sectors": "seSparse 表的位置为 {count} 个扇区",
  "the place of the seSparse grains is {count} sectors": "seSparse 数据块的位置为 {count} 个扇区",
  "its capacity is {sectors} sectors": "其容量为 {sectors} 个扇区",
  "no volatile header stands at {sectors}": "{sectors} 处没有易变头部",
  "reading a seSparse VMDK with version {true}": "读取版本 {true} 的 seSparse VMDK",
  "reading a seSparse VMDK with grains of {sectors} sectors": "读取粒度为 {sectors} 个扇区的 seSparse VMDK",
  "reading a seSparse VMDK with tables of {sectors} sectors": "读取表为 {sectors} 个扇区的 seSparse VMDK",
  "reading a seSparse VMDK with unknown flags": "读取带有未知标志的 seSparse VMDK",
  "opening {path}, which should be a sparse VMDK file and is none":
    "打开 {path}：它应为稀疏 VMDK 文件，但不是",
  "no footer stands at its end": "其末尾没有尾部",
  "its footer does not say where the directory is": "其尾部没有指明目录的位置",
  "its header and footer contradict each other": "其头部与尾部相互矛盾",
  "reading the VMDK header at {offset}": "读取位于 {offset} 的 VMDK 头部",
  "its line ends were changed, as a text-mode file transfer does": "其换行符被更改，如同以文本方式传输文件",
  "its grain tables have {true} entries, not 512": "其数据块表有 {true} 项，而不是 512 项",
  "its compressed grains have {count} sectors": "其压缩的数据块为 {count} 个扇区",
  "its grains are compressed but have no markers": "其数据块已压缩，但没有标记",
  "reading a VMDK of version {true}": "读取版本 {true} 的 VMDK",
  "reading a VMDK compressed by method {true}": "读取以方式 {true} 压缩的 VMDK",
  "the capacity of the VMDK is {count} sectors, which no file can have":
    "VMDK 的容量为 {count} 个扇区，任何文件都不可能如此",
  "the grain size of the VMDK is {count} sectors, which no file can have":
    "VMDK 的粒度为 {count} 个扇区，任何文件都不可能如此",
  "the place of the descriptor is {count} sectors, which no file can have":
    "描述文件的位置为 {count} 个扇区，任何文件都不可能如此",
  "the size of the descriptor is {count} sectors, which no file can have":
    "描述文件的大小为 {count} 个扇区，任何文件都不可能如此",
  "the place of the grain directory is {count} sectors, which no file can have":
    "数据块目录的位置为 {count} 个扇区，任何文件都不可能如此",
  "opening {path}, a VMDK whose inner descriptor names {extents} parts":
    "打开 {path}：VMDK 的内部描述列出了 {extents} 个分段",
  "it begins like a VMDK descriptor and has {sizeBytes} bytes":
    "其开头是 VMDK 描述文件，而大小为 {sizeBytes} 字节",
  "opening {path}, a VMDK delta link that does not name its parent":
    "打开 {path}：VMDK 增量文件没有指明其父镜像",
  "its parent's content id should be {said}, that of {path2} is {found}":
    "其父镜像的内容 ID 应为 {said}，而 {path2} 的为 {found}",
  "The parent was written to after this link was made, or is another disk of the same name. Find the one that belongs to it.":
    "在此增量文件创建之后父镜像被写入，或该父镜像是同名的另一个磁盘。请找到与其对应的父镜像。",
  "reading the zstd frame at {at}, which ends in its header": "读取位于 {at} 的 zstd 帧：它在头部中途结束",
  "reading the zstd frame at {at}, which does not begin like one": "读取位于 {at} 的 zstd 帧：其开头不符",
  "reading the zstd frame at {at}, whose reserved bit is set": "读取位于 {at} 的 zstd 帧：其保留位被置位",
  "reading the zstd frame at {at}, which needs a dictionary": "读取位于 {at} 的 zstd 帧：它需要字典",
  "reading the zstd block at {at}, whose header makes no sense": "读取位于 {at} 的 zstd 块：其头部无效",
  "unpacking the zstd data at {at}": "解压位于 {at} 的 zstd 数据",
  "it holds {contentBytes} bytes": "其中有 {contentBytes} 字节",
  "its window has {windowBytes} bytes": "其窗口为 {windowBytes} 字节",
  "it holds at least {leastBytes} bytes": "其中至少有 {leastBytes} 字节",
  "it ends within its frame": "它在帧的中途结束",
  "listing the disks of {path}, which is no OVA or OVF": "列出 {path} 的磁盘：它不是 OVA 或 OVF",
  "A disk image holds one disk; open it with `openDiskImage`.":
    "一个镜像文件只有一个磁盘；请用 `openDiskImage` 打开。",
  "unpacking {what}, which ends at {at}": "解压{what}：它在 {at} 处结束",
  "unpacking {what} that uses {name}": "解压{what}：它使用了 {name}",
  "Unpack it with the program that packed it, or pack it again without that option.":
    "请用压缩它的程序解压，或不用该选项重新压缩。",
  "opening {path}, an image packed too many times": "打开 {path}：镜像被压缩了过多层",
  "Unpack it: at most {value} wrappings are opened.": "请解压：最多打开 {value} 层压缩。",
  "opening a snapshot of {path}, whose format has none": "打开 {path} 的快照：其格式没有快照",
  "checking the manifest of {path}, whose format has none": "检查 {path} 的 manifest：其格式没有 manifest",
  "Only OVA and OVF packages have one. Leave `checkManifest` (`--check-manifest`) out.":
    "只有 OVA 和 OVF 包才有。请去掉 `checkManifest`（`--check-manifest`）。",
  "opening an image of the unknown format {format}": "打开未知格式 {format} 的镜像文件",
  "its {sizeBytes} bytes neither bear the mark of an image format nor begin like a disk":
    "其 {sizeBytes} 字节既没有任何镜像格式的标识，开头也不像磁盘",
  "If it is a part of a split disk, open the first part, which ends in .000 or .001.":
    "如果它是分段磁盘的一段，请打开以 `.000` 或 `.001` 结尾的第一段。",
  "opening a saved overlay": "打开已保存的覆盖层",
  "its version is {true}, not {value}": "其版本为 {true}，而不是 {value}",
  "its blocks have another size": "其块的大小不同",
  "its digest is wrong": "其摘要错误",
  "it was made over {true} bytes and is laid over {baseBytes}":
    "它是在 {true} 字节之上创建的，却要覆盖 {baseBytes} 字节",
  "it has too many runs": "它的数据段过多",
  "run {index} is out of order or past the end": "数据段 {index} 次序错误或超出末尾",
  "it holds more than 16 GiB of changes": "其更改超过 16 GiB",
  "it ends too early": "它过早结束",
  "bytes are left over": "有多余的字节",
  "Make the patch again from the original disk.": "请用原磁盘重新生成补丁。",
  "its {what}, {name}, lies outside its folder": "其{what} {name} 位于所在目录之外",
  "If you trust it, put the file beside the image or allow its folder with `--allow-path FOLDER`.":
    "如果信任它，请将该文件放在镜像旁，或用 `--allow-path FOLDER` 允许其目录。",
  "its {what}, {shown}, is not there": "其{what} {shown} 不在该处",
  "its {what}, which has no name, is not there": "其{what}没有名称，不在该处",
  "Put the file beside the image, or allow the folder it lies in with `--allow-path FOLDER`. What the image itself holds, `sampan inspect` shows and `sampan convert --missing-parent zeros` writes.":
    "请将该文件放在镜像旁，或用 `--allow-path FOLDER` 允许其所在的目录。镜像自身所含的内容可用 `sampan inspect` 查看，并用 `sampan convert --missing-parent zeros` 写出。",
  "opening {path}, which is not a regular file": "打开 {path}：它不是普通文件",
  "opening {path}, which does not exist": "打开 {path}：该文件不存在",
  "reading {path}, which ended at {offset} of {sizeBytes} bytes":
    "读取 {path}：它在 {offset} 处结束，应有 {sizeBytes} 字节",
  "The file shrank while it was read; stop whatever writes to it and start again.":
    "读取期间文件变小；请停止写入它的程序，然后重新开始。",
  "a worker thread ({name}) ended by itself": "工作线程（{name}）自行结束",
  "writing {path}": "写入 {path}",
  "writing {target}, which already exists": "写入 {target}：它已存在",
  "{neededBytes} are needed and {freeBytes} are free in {target2}":
    "需要 {neededBytes}，而 {target2} 中空闲 {freeBytes}",
  "reading the manifest of a package of {length} bytes at {offset} of a file of {sizeBytes} bytes":
    "在偏移 {offset} 处读取 {length} 字节的软件包 manifest，而文件只有 {sizeBytes} 字节",
  "reading the attributes of a tar entry of {length} bytes at {offset} of a file of {sizeBytes} bytes":
    "在偏移 {offset} 处读取 {length} 字节的 tar 条目属性，而文件只有 {sizeBytes} 字节",
  "reading the name of the backing file of {length} bytes at {offset} of a file of {sizeBytes} bytes":
    "在偏移 {offset} 处读取 {length} 字节的后备文件名称，而文件只有 {sizeBytes} 字节",
  "reading the copy of the VHD footer of {length} bytes at {offset} of a file of {sizeBytes} bytes":
    "在偏移 {offset} 处读取 {length} 字节的 VHD 尾部副本，而文件只有 {sizeBytes} 字节",
  "reading the file parameters of a VHDX of {length} bytes at {offset} of a file of {sizeBytes} bytes":
    "在偏移 {offset} 处读取 {length} 字节的 VHDX 文件参数，而文件只有 {sizeBytes} 字节",
  "reading the logical sector size of a VHDX of {length} bytes at {offset} of a file of {sizeBytes} bytes":
    "在偏移 {offset} 处读取 {length} 字节的 VHDX 逻辑扇区大小，而文件只有 {sizeBytes} 字节",
  "reading the virtual disk size of a VHDX of {length} bytes at {offset} of a file of {sizeBytes} bytes":
    "在偏移 {offset} 处读取 {length} 字节的 VHDX 虚拟磁盘大小，而文件只有 {sizeBytes} 字节",
  "reading the virtual disk id of a VHDX of {length} bytes at {offset} of a file of {sizeBytes} bytes":
    "在偏移 {offset} 处读取 {length} 字节的 VHDX 虚拟磁盘 ID，而文件只有 {sizeBytes} 字节",
  "reading the parent locator of a VHDX of {length} bytes at {offset} of a file of {sizeBytes} bytes":
    "在偏移 {offset} 处读取 {length} 字节的 VHDX 父镜像定位符，而文件只有 {sizeBytes} 字节",
  "reading the start of a VMDK part of {length} bytes at {offset} of a file of {sizeBytes} bytes":
    "在偏移 {offset} 处读取 {length} 字节的 VMDK 分段开头，而文件只有 {sizeBytes} 字节",
  "without createType": "空（没有 createType）",
};
