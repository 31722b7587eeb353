import type { KnownTexts } from "../../known-texts.ts";

/** Why rules matter on ECS. */
export const reasonTexts: KnownTexts = {
  "ECS starts an instance from the image. A disk of data, an empty one or an installation medium (ISO) imports without an error and then starts nothing.":
    "ECS 从镜像启动实例。数据盘、空盘或安装介质（ISO）也能导入而不报错，但之后什么也启动不了。",
  "ECS sets network, password and keys by the ways of the platform named at the import. Of a distribution without a name of its own (`Others Linux`) it knows no ways. Every Windows has a platform name.":
    "ECS 按导入时指定的平台所对应的方式设置网络、密码和密钥。对没有专属名称的发行版（`Others Linux`），ECS 没有对应的方式。所有 Windows 都有平台名称。",
  "ECS adds its drivers at the import only to versions it knows; older ones may not boot. The vendor's list of versions dates from 2020 and has not been renewed, while its API takes newer releases under the same platform names: so a newer version is no finding. The same page refuses Windows clients (XP to 10), while the API has a platform `Other Windows`: so they are a warning.":
    "导入时 ECS 只为已知的版本添加驱动；更早的版本可能无法启动。阿里云的版本列表为 2020 年版，此后没有更新，而其 API 以相同的平台名称接受更新的版本，因此较新的版本不算问题。同一页面不支持 Windows 客户端（XP 至 10），而 API 有平台 `Other Windows`，因此作为警告。",
  "The whitepaper names what could be migrated in 2017: Windows Server 2012 R2 (Standard), 2012 (Standard, Datacenter), 2008 R2, 2008 and 2003 R2 (Standard, Datacenter, Enterprise) and Windows 7 (Professional, Enterprise), each in 32 and 64 bits; RHEL and CentOS 5 to 7, Ubuntu 10, 12, 13 and 14, Debian 6 and 7, openSUSE 13.1, SUSE Linux 10 to 12, CoreOS from 681.2.0 on. It refuses Windows XP, 8 and 10 by name, which is why they are blockers here.":
    "白皮书列出了 2017 年可以迁移的系统：Windows Server 2012 R2（Standard）、2012（Standard、Datacenter）、2008 R2、2008 和 2003 R2（Standard、Datacenter、Enterprise）以及 Windows 7（Professional、Enterprise），各有 32 位和 64 位；RHEL 和 CentOS 5 至 7，Ubuntu 10、12、13 和 14，Debian 6 和 7，openSUSE 13.1，SUSE Linux 10 至 12，CoreOS 681.2.0 及之后的版本。白皮书明确不支持 Windows XP、8 和 10，因此在这里是阻断项。",
  "ECS has machines of these kinds only, names them x86_64, i386 and arm64, and starts arm64 by UEFI alone. It has no Windows for arm64.":
    "ECS 只有这几种架构的机器，分别称为 x86_64、i386 和 arm64，其中 arm64 只以 UEFI 启动。ECS 没有 arm64 架构的 Windows。",
  "The whitepaper lists Linux under the heading “64-bit” and Windows under “32 and 64-bit”. In 2017 ECS had x86 machines alone.":
    "白皮书将 Linux 列在“64-bit”之下，将 Windows 列在“32 and 64-bit”之下。2017 年 ECS 只有 x86 机器。",
  "The hardware clock of an instance runs in UTC. A guest that takes it for local time starts hours off; certificates, logs and cluster members notice. ECS recommends UTC, and demands it of arm64 images.":
    "实例的硬件时钟采用 UTC。将其视为本地时间的客户机系统启动后时间会相差数小时；证书、日志和集群成员都会受到影响。ECS 建议使用 UTC，并要求 arm64 镜像必须使用 UTC。",
  "The API of ECS assumes BIOS unless the import says UEFI, and an instance type boots by the modes it has. The requirements page also names UEFI-Preferred, which the API's reference does not. Not a blocker: a loader can be where no rule looks, and ECS's own check fails no import for it either.":
    "除非导入时指定 UEFI，否则 ECS 的 API 按 BIOS 处理；实例规格只支持其自身具备的启动模式。要求页面还提到 UEFI-Preferred，而 API 参考中没有。这不是阻断项：引导程序可能位于规则没有检查的位置，ECS 自身的检查也不会因此使导入失败。",
  "ECS's own check tells the version of the kernel. Without a kernel in `/boot` nothing boots; Linux before 2.6.18 and Windows before Server 2003 have no drivers for the devices of an instance.":
    "ECS 自身的检查会给出内核版本。`/boot` 中没有内核就无法启动；2.6.18 之前的 Linux 和 Server 2003 之前的 Windows 没有实例设备的驱动。",
  "Disk and network of an ECS instance are virtio devices. A Linux kernel must have `virtio_blk` and `virtio_pci` in its initramfs or built in, Windows must start `viostor` at boot. At the import ECS adds drivers to the usual systems (Windows Server 2008 and later, CentOS 6, Ubuntu 12, Debian 7, SUSE 11 and later), so drivers that are there but not where they are needed are a warning; a kernel that has none is a blocker.":
    "ECS 实例的磁盘和网络都是 virtio 设备。Linux 内核必须在 initramfs 中包含或内置 `virtio_blk` 和 `virtio_pci`，Windows 必须在引导时启动 `viostor`。导入时 ECS 会为常见系统（Windows Server 2008 及之后、CentOS 6、Ubuntu 12、Debian 7、SUSE 11 及之后）添加驱动，因此驱动存在但不在所需位置时为警告；内核完全没有驱动时为阻断项。",
  "Families such as ecs.g7se, c8i and r9i attach disks by NVMe and start only images that are declared to support it. `import()` declares it when every kernel finds the driver in time.":
    "ecs.g7se、c8i、r9i 等实例规格族以 NVMe 连接磁盘，且只启动声明支持 NVMe 的镜像。当每个内核都能及时找到该驱动时，`import()` 会作出该声明。",
  "Disks are called `/dev/vda` or `/dev/nvme0n1` on ECS, whatever they were called before, and a file system that fstab demands and that is not there stops the boot. The whitepaper goes further and has the mounts of everything beyond the system disk removed.":
    "无论之前如何命名，磁盘在 ECS 上都称为 `/dev/vda` 或 `/dev/nvme0n1`；fstab 要求而实际不存在的文件系统会使启动停住。白皮书的要求更进一步，要移除系统盘以外的所有挂载。",
  "The kernel is told by its argument `root=` where its root lies. `/dev/sda1` is called otherwise on ECS, and a UUID that no volume has leaves the kernel without a root: it stops before any service runs.":
    "内核通过参数 `root=` 得知根文件系统的位置。`/dev/sda1` 在 ECS 上名称不同；没有任何卷对应的 UUID 会使内核找不到根文件系统，在任何服务运行之前就停住。",
  "An instance gets its private address from the VPC by DHCP. A guest with a fixed address of its old network cannot be reached on ECS. ECS's own item is for Linux; for Windows it holds in the same way.":
    "实例通过 DHCP 从 VPC 获取私网地址。使用原网络固定地址的客户机系统在 ECS 上无法访问。ECS 自身的检查项只针对 Linux；对 Windows 同样成立。",
  "What ECS changes at the import, and what it injects at the first boot, bears no SELinux labels; an enforcing guest may refuse to start from it. The vendor recommends to disable it, in 2017 as today.":
    "ECS 在导入时更改的内容和在首次启动时注入的内容没有 SELinux 标签；处于 enforcing 状态的客户机系统可能因此拒绝启动。阿里云从 2017 年至今都建议将其禁用。",
  "An instance may get a larger system disk than the image has. cloud-init then grows root partition and file system at the first boot, with `growpart`, a kernel later than 3.6, and a root that is the last partition of its disk. Without cloud-init nothing grows by itself, which `GUESTOS.CloudInit` says.":
    "实例的系统盘可以大于镜像的大小。cloud-init 会在首次启动时扩展根分区和文件系统，前提是有 `growpart`、内核版本高于 3.6，且根分区是磁盘上的最后一个分区。没有 cloud-init 时不会自动扩展，这由 `GUESTOS.CloudInit` 说明。",
  "ECS runs commands in an instance through this agent, and its heartbeat is a proof that the guest booted. A host from elsewhere does not have it: ECS's own check then suggests it, and it can be installed once the instance runs, so its absence is no finding here. An agent that is there and does not start answers no command.":
    "ECS 通过云助手 Agent 在实例中执行命令，其心跳也能证明客户机系统已启动。来自其他环境的主机没有该 Agent：ECS 自身的检查会建议安装，也可以在实例运行后再安装，因此没有安装不算问题。已安装却不启动的 Agent 不会响应任何命令。",
  "ECS hands an instance its host name, password, keys and user data through cloud-init (19.1.3 or later, or 0.7.6a15). Without it the guest keeps what it has, which many want. A version with a list of datasources must name `AliYun` or nothing is handed over. Windows has vminit in its place, which leaves no mark that could be told offline.":
    "ECS 通过 cloud-init（19.1.3 或更高版本，或 0.7.6a15）向实例传递主机名、密码、密钥和用户数据。没有 cloud-init 时客户机系统保持原样，这也是许多人想要的。使用数据源列表的版本必须包含 `AliYun`，否则什么也不会传递。Windows 使用 vminit 代替，离线状态下无法判断其是否存在。",
  "Security Center watches an instance through this agent. A host from elsewhere does not have it: ECS's own check then suggests it, and it can be installed once the instance runs, so its absence is no finding here. An agent that is there and does not start leaves the instance unwatched while it looks protected.":
    "云安全中心通过该 Agent 防护实例。来自其他环境的主机没有该 Agent：ECS 自身的检查会建议安装，也可以在实例运行后再安装，因此没有安装不算问题。已安装却不启动的 Agent 会使实例看似受到防护，实际却没有。",
  "ecs.g6, ecs.g7 and what follows run on other machines than the families before. The vendor says that old kernels may not start there, names CentOS 5 before 5.11 as the example and gives no list; Sampan draws the line at Linux 2.6.32 and lets CentOS and RHEL 5.11 pass.":
    "ecs.g6、ecs.g7 及之后的实例规格族运行在与之前不同的机器上。阿里云说明旧内核可能无法在其上启动，并以 5.11 之前的 CentOS 5 为例，但没有给出列表；Sampan 以 Linux 2.6.32 为界，并允许 CentOS 和 RHEL 5.11。",
  "The boot manager reads from it which Windows to start and where it lies. Without one it stops with an error before Windows is loaded.":
    "启动管理器从中读取要启动哪个 Windows 以及其所在位置。没有启动配置时，会在加载 Windows 之前报错停止。",
  "It is what the boot code starts, and what starts Windows. Not a blocker: a guest may be started by a loader of another kind.":
    "它由引导代码启动，并负责启动 Windows。这不是阻断项：客户机系统可能由其他类型的引导程序启动。",
  "Windows does not start without its hives, and ECS cannot set drivers, network and password in one that is damaged.":
    "没有注册表配置单元，Windows 无法启动；配置单元损坏时，ECS 也无法在其中设置驱动、网络和密码。",
  "Windows loads these filters before it finds its system disk. One whose driver is gone, or that waits for the old machine's hardware, ends in 0x0000007B.":
    "Windows 在找到系统盘之前就会加载这些过滤驱动。驱动已不存在，或等待原机器硬件的过滤驱动，会导致 0x0000007B 错误。",
  "Nine updates of January and June 2022 keep instances from starting, by the vendor's list. Windows Server 2008 R2 of 64 bits refuses drivers signed with SHA-2, which those of ECS are, before KB3033929; a later rollup may bring the same under another number, so this warns.":
    "按照阿里云的列表，2022 年 1 月和 6 月的九个更新会使实例无法启动。64 位 Windows Server 2008 R2 在安装 KB3033929 之前会拒绝以 SHA-2 签名的驱动，而 ECS 的驱动正是如此签名；之后的汇总更新可能以其他编号包含同样的内容，因此这里只作警告。",
  "A Sysprep that was broken off, for instance by switching the machine off, leaves a Windows that cannot finish its set-up at the next start.":
    "Sysprep 被中断（例如因关机）后，Windows 在下次启动时无法完成安装。",
  "An update that was interrupted is finished or rolled back at the next start. On new hardware that has ended in a start that never comes to its end.":
    "被中断的更新会在下次启动时完成或回滚。在新硬件上，曾有启动因此永远无法完成。",
  "Drivers of Xen hide the emulated disk and network card, because theirs take over. On ECS theirs find nothing, and Windows sees no disk.":
    "Xen 驱动会隐藏模拟的磁盘和网卡，以便由其自身的驱动接管。在 ECS 上这些驱动找不到任何设备，Windows 也就看不到磁盘。",
  "The devices of an instance are new to the guest. A Windows that is told to install no drivers leaves them dead.":
    "实例的设备对客户机系统来说是新的。被设置为不安装驱动的 Windows 无法使用这些设备。",
  "A hibernated Windows has part of its files in the memory it saved, and wakes up expecting the old machine. Fast start does the same at every shut down from the menu, where hibernation is on.":
    "休眠的 Windows 有一部分文件内容在其保存的内存中，并在唤醒时期待原来的机器。启用休眠时，每次从菜单关机，快速启动都会造成同样的情况。",
  "The key of an encrypted volume comes from a person, a file, or the old machine's TPM. An instance has no TPM of theirs and nobody at its console, so a LUKS guest waits at boot and a BitLocker one asks for its recovery key. Encrypted blocks also look like data everywhere, so free space cannot be left out. ECS encrypts disks itself when asked.":
    "加密卷的密钥来自人、文件或原机器的 TPM。实例没有原来的 TPM，控制台前也没有人，因此 LUKS 客户机系统会在启动时等待，BitLocker 客户机系统会要求输入恢复密钥。加密的块看起来处处都是数据，因此无法略去空闲空间。如有需要，ECS 自身可以加密磁盘。",
  "A firewall made for the old network may drop SSH, remote desktop or what ECS asks of the guest, and then only the console is left. The vendor's instructions ask for it to be off in 2017 and 2020; the image check of today no longer looks at it, which is why this warns and does not block.":
    "为原网络设置的防火墙可能会丢弃 SSH、远程桌面或 ECS 对客户机系统的访问，届时只能使用控制台。阿里云 2017 年和 2020 年的说明都要求关闭防火墙；如今的镜像检查不再检查该项，因此这里只作警告，不作阻断。",
  "Its connections are tied to the old machine's network card, and ECS writes its settings where other services look. The vendor's tool of 2020 asks for it to be off. Distributions whose only network service it is (RHEL 8 and its rebuilds, Fedora, openEuler, Anolis) are run by the vendor with NetworkManager today, so there it is only told.":
    "NetworkManager 的连接绑定在原机器的网卡上，而 ECS 将设置写入其他服务读取的位置。阿里云 2020 年的工具要求将其关闭。以它为唯一网络服务的发行版（RHEL 8 及其重新构建版、Fedora、openEuler、Anolis），如今阿里云自身也使用 NetworkManager 运行，因此对它们只作提示。",
  "An instance starts with one network card. A guest that waits for a second one boots slowly, or sends its answers the wrong way.":
    "实例启动时只有一块网卡。等待第二块网卡的客户机系统会启动缓慢，或从错误的路径发送应答。",
  "An image must not bring IPv6 addresses along: those of the old network lead nowhere on ECS, and programs that prefer them wait. A VPC with IPv6 hands out its own afterwards.":
    "镜像不能带有 IPv6 地址：原网络的地址在 ECS 上无法到达，优先使用它们的程序会一直等待。启用 IPv6 的 VPC 之后会分配自己的地址。",
  "Port 22 is what the security groups of ECS open by default and what the vendor's instructions ask for. Without SSH only the console of ECS is left.":
    "ECS 的安全组默认放行端口 22，阿里云的说明也要求使用该端口。没有 SSH 时只能使用 ECS 控制台。",
  "It is how one reaches a Windows instance, and port 3389 is what the security groups of ECS open by default.":
    "远程桌面是访问 Windows 实例的方式，ECS 的安全组默认放行端口 3389。",
  "The whitepaper has it closed, so that what runs at the first start is not held up by a question nobody sees. No page of today asks for it, so the profile `current` does not look at it.":
    "白皮书要求将其关闭，以免首次启动时运行的程序因无人看到的提示而停住。如今没有任何页面要求关闭，因此规则集 `current` 不检查该项。",
  "ECS sets password and keys of root, through cloud-init. A guest without that account cannot take them; one whose root is locked, without keys and without cloud-init, is reached only by accounts of its own; and an empty password lets in everybody who sees port 22.":
    "ECS 通过 cloud-init 设置 root 的密码和密钥。没有该账号的客户机系统无法接受这些设置；root 被锁定、没有密钥且没有 cloud-init 的客户机系统只能用其自身的账号访问；空密码则会让任何能访问端口 22 的人登录。",
  "An instance activates Windows anew, because its hardware is new. That needs the software protection service, and a server: ECS has one (`kms.cloud.aliyuncs.com`) for images imported with its licence; the one of the old network is out of reach.":
    "由于硬件是新的，实例需要重新激活 Windows。这需要软件保护服务和一台激活服务器：ECS 为使用其许可证导入的镜像提供了服务器（`kms.cloud.aliyuncs.com`）；原网络的服务器则无法访问。",
  "ECS cannot give an imported RHEL or SLES image a licence: it must be bring-your-own-licence, with product numbers and support bought from the maker. The whitepaper says so of RHEL.":
    "ECS 无法为导入的 RHEL 或 SLES 镜像提供许可证：必须自带许可证，并向厂商购买产品序列号和支持服务。白皮书对 RHEL 也是如此规定。",
  "The card of an instance has an address of its own. A rule that keeps `eth0` for the old card makes the new one `eth1`, for which nothing is configured: the guest boots without network.":
    "实例的网卡有自己的地址。为旧网卡保留 `eth0` 的规则会使新网卡成为 `eth1`，而 `eth1` 没有任何配置：客户机系统启动后没有网络。",
  "Tools of VMware, VirtualBox, Xen, Hyper-V or Parallels talk to a host that is not there on ECS. At best they end with an error; clocks, network scripts and disk drivers of theirs have kept guests from coming up.":
    "VMware、VirtualBox、Xen、Hyper-V 或 Parallels 的工具要与 ECS 上不存在的宿主机通信。最好的情况是以错误结束；其时钟、网络脚本和磁盘驱动曾使客户机系统无法启动。",
  "ECS uses the channel that this agent would take for itself; the vendor's tool of 2020 wants it absent, because some services of ECS are out of reach otherwise.":
    "ECS 使用该 Agent 会占用的通道；阿里云 2020 年的工具要求不安装它，否则 ECS 的部分服务无法使用。",
  "The first boot on ECS writes: keys, logs, what cloud-init sets. A full root keeps services from starting. The vendor's migration drill draws the line at 99 %.":
    "在 ECS 上首次启动时会写入数据：密钥、日志以及 cloud-init 的设置。根文件系统写满会使服务无法启动。阿里云的迁移演练以 99 % 为界。",
  "A disk that was taken from a running host, or after a crash, has its last changes in a journal only. They are replayed at the first boot, but until then the facts may be old, and the fix-ups refuse to write (`GUEST_FS_DIRTY`).":
    "从正在运行的主机上取得的磁盘，或崩溃之后的磁盘，其最近的更改只存在于文件系统日志中。首次启动时会重放日志，但在此之前所读取的信息可能是旧的，修复项也会拒绝写入（`GUEST_FS_DIRTY`）。",
  "These are what ECS can look into when it checks, mends and grows an image. Others may boot; then nobody but the guest itself can help it. ext2 is allowed by the vendor's older tool; swap, FAT of an EFI system partition, LVM, RAID and encryption are other rules' business.":
    "ECS 在检查、修复和扩展镜像时能够处理这些文件系统。其他文件系统也许能启动，但之后只能依靠客户机系统自身。阿里云的旧工具允许 ext2；交换分区、EFI 系统分区的 FAT、LVM、RAID 和加密由其他规则检查。",
  "These are the types the whitepaper names in §3.2. Logical volumes are judged by what they hold.":
    "这些是白皮书 §3.2 列出的类型。逻辑卷按其中的内容判断。",
  "The vendor's page of 2020 excludes both. 64bit is the default of mkfs.ext4 since 2016, so most guests of today have it and are imported; the newer pages say nothing of it. Where the documents disagree, 64bit is only told, and quota with project warns.":
    "阿里云 2020 年的页面对二者均不支持。自 2016 年起 64bit 是 mkfs.ext4 的默认特性，因此如今大多数客户机系统都有该特性并能导入；较新的页面没有提到它。文档说法不一时，对 64bit 只作提示，对 quota 和 project 作警告。",
  "The vendor's documents disagree: the specification of images of 2026 excludes LVM, its migration service moves it. ECS cannot grow such a disk by itself, and its offline repair does not look into it.":
    "阿里云的文档说法不一：2026 年的镜像规范不支持 LVM，而其迁移服务支持迁移 LVM。ECS 无法自行扩展此类磁盘，其离线修复也无法查看其内容。",
  "One disk of an array is imported as one disk: a mirror starts degraded and asks at boot, a striped array does not start at all. Cloud disks are replicated by themselves.":
    "阵列中的一块磁盘会作为单块磁盘导入：镜像阵列会以降级状态启动并在启动时询问，条带阵列则根本无法启动。云盘本身已有多副本。",
  "ImportImage takes system and data disks of 1 to 2,048 GiB, and none smaller than the disk in the image. A smaller disk becomes one of 1 GiB. The vendor recommends system disks of 20 GiB or more.":
    "ImportImage 接受 1 至 2,048 GiB 的系统盘和数据盘，且不能小于镜像中的磁盘。更小的磁盘会成为 1 GiB 的磁盘。阿里云建议系统盘不小于 20 GiB。",
  "The whitepaper's limit of 2017, for hosts on ECS and elsewhere alike. The console counts in units of 1,024, so 500 GB are taken to be 500 GiB.":
    "白皮书 2017 年的限制，对 ECS 上和其他环境中的主机同样适用。控制台以 1,024 为单位计数，因此将 500 GB 视为 500 GiB。",
  "ImportImage takes 17 disks and leaves out the rest without an error.":
    "ImportImage 只接受 17 块磁盘，其余会被忽略且不报错。",
  "The whitepaper migrates the system disk alone from data centres, virtualization platforms and other clouds, and has the data of other disks follow by file synchronisation. A host that is on ECS takes its data disks along.":
    "对于数据中心、虚拟化平台和其他云，白皮书只迁移系统盘，其他磁盘的数据随后通过文件同步迁移。已在 ECS 上的主机会连同数据盘一起迁移。",
  "Of VMDK the vendor's documents disagree: the guide takes it, the API's reference calls it a preview by invitation. ISO is never taken. The whitepaper knows RAW and VHD alone.":
    "对于 VMDK，阿里云的文档说法不一：指南支持，API 参考则称其为邀测功能。ISO 始终不支持。白皮书只支持 RAW 和 VHD。",
};
