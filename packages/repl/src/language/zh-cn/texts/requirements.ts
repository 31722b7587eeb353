import type { KnownTexts } from "../../known-texts.ts";

/** What rules require, and what the fix-ups do. */
export const requirementTexts: KnownTexts = {
  "The system disk holds an operating system.": "系统盘上装有操作系统。",
  "ECS knows the distribution by name.": "ECS 能以名称识别该发行版。",
  "The version of the system is not older than what ECS lists, and Windows is a server edition.":
    "系统版本不早于 ECS 列出的版本，且 Windows 为服务器版本。",
  "The system, its version and its edition are on the whitepaper's list.":
    "系统、版本和版本类型在白皮书的列表中。",
  "The guest is made for x86_64, i386 or, with UEFI and Linux, for aarch64.":
    "客户机系统为 x86_64、i386 架构，或在使用 UEFI 和 Linux 时为 aarch64 架构。",
  "A Linux guest is a 64-bit one.": "Linux 客户机系统为 64 位。",
  "The guest takes the hardware clock to be in UTC.": "客户机系统将硬件时钟视为 UTC。",
  "The disk has a boot loader for BIOS or UEFI, and the import names the same.":
    "磁盘有 BIOS 或 UEFI 的引导程序，且导入时指定的启动模式与之一致。",
  "A kernel is there, and it is new enough to know virtio.": "存在内核，且版本足够新，支持 virtio。",
  "The guest finds the virtio drivers for its disk before its root file system is mounted.":
    "客户机系统在挂载根文件系统之前就能找到其磁盘的 virtio 驱动。",
  "The kernel finds the NVMe driver before the root file system is mounted, for instance families that need it.":
    "对于需要 NVMe 的实例规格族，内核在挂载根文件系统之前就能找到 NVMe 驱动。",
  "Every entry of fstab names a volume of the captured disks, by UUID.":
    "fstab 的每一项都以 UUID 指向所捕获磁盘上的卷。",
  "The boot loader names the root file system by UUID, and that volume is on the disk.":
    "引导程序以 UUID 指定根文件系统，且该卷位于此磁盘上。",
  "The network interface takes its address by DHCP.": "网络接口通过 DHCP 获取地址。",
  "SELinux is disabled.": "SELinux 已禁用。",
  "Where cloud-init runs, the root file system can grow with its disk.":
    "运行 cloud-init 时，根文件系统能随磁盘扩展。",
  "Where Cloud Assistant is installed, it starts at boot.": "已安装云助手时，云助手开机启动。",
  "cloud-init is installed and runs, so that ECS can set the host name, password, keys and disk size.":
    "已安装并运行 cloud-init，使 ECS 能设置主机名、密码、密钥和磁盘大小。",
  "Where the agent of Security Center is installed, it starts at boot.":
    "已安装云安全中心的 Agent 时，该 Agent 开机启动。",
  "The kernel is new enough for the instance families from the sixth generation on.":
    "内核版本足够新，支持第六代及之后的实例规格族。",
  "The disk holds a boot configuration of Windows.": "磁盘上有 Windows 的启动配置。",
  "The disk holds the boot manager of Windows.": "磁盘上有 Windows 的启动管理器。",
  "The registry of Windows is there and can be read.": "Windows 注册表存在且可以读取。",
  "No filter whose driver is gone sits on every disk or volume.": "磁盘或卷上没有驱动已不存在的过滤驱动。",
  "No update the vendor names as bad is installed, and Windows Server 2008 R2 has KB3033929.":
    "没有安装阿里云列为有问题的更新，且 Windows Server 2008 R2 已安装 KB3033929。",
  "Sysprep, where it was run, came to its end.": "如果运行过 Sysprep，则已执行完成。",
  "No update waits to be finished.": "没有等待完成的更新。",
  "No Xen driver hides devices from Windows.": "没有 Xen 驱动向 Windows 隐藏设备。",
  "Windows may install drivers.": "允许 Windows 安装驱动。",
  "Windows was shut down wholly: neither hibernated nor by fast start.":
    "Windows 已完全关机：既没有休眠，也没有使用快速启动。",
  "No volume is encrypted by LUKS or BitLocker.": "没有卷被 LUKS 或 BitLocker 加密。",
  "No firewall of the guest's own starts at boot; security groups take its place.":
    "客户机系统自身的防火墙不开机启动；由安全组代替。",
  "NetworkManager does not start at boot.": "NetworkManager 不开机启动。",
  "One network interface is configured.": "只配置了一个网络接口。",
  "No IPv6 address is configured.": "没有配置 IPv6 地址。",
  "An SSH server listens on port 22, so that the guest can be reached.":
    "有 SSH 服务监听端口 22，使客户机系统可以访问。",
  "Remote desktop is on and listens on port 3389.": "远程桌面已开启，并监听端口 3389。",
  "User Account Control is off.": "用户账户控制（UAC）已关闭。",
  "The account root exists, and somebody can log in.": "root 账号存在，且有人可以登录。",
  "The Windows activation service runs, and its server can be reached from ECS.":
    "Windows 激活服务正在运行，且可以从 ECS 访问其服务器。",
  "A Red Hat or SUSE guest brings a subscription of its owner's.":
    "Red Hat 或 SUSE 客户机系统自带其所有者的订阅。",
  "No udev rule ties the name of a network interface to the old machine's hardware.":
    "没有 udev 规则将网络接口名绑定到原机器的硬件。",
  "No guest tools of another hypervisor start at boot.": "没有其他虚拟化平台的客户机工具开机启动。",
  "qemu-guest-agent does not start at boot.": "qemu-guest-agent 不开机启动。",
  "No file system of the system is more than 99 % full, in bytes or in inodes.":
    "系统的文件系统按字节或 inode 计，使用率均不超过 99 %。",
  "The file systems were unmounted cleanly.": "文件系统已正常卸载。",
  "The guest's file systems are ext3, ext4 or XFS, with Windows NTFS.":
    "客户机系统的文件系统为 ext3、ext4 或 XFS，Windows 则为 NTFS。",
  "The guest's file systems are NTFS with Windows, ext3 or ext4 with Linux.":
    "客户机系统的文件系统，Windows 为 NTFS，Linux 为 ext3 或 ext4。",
  "ext4 has neither the feature 64bit, nor quota and project together.":
    "ext4 没有启用 64bit 特性，也没有同时启用 quota 和 project。",
  "The system disk uses plain partitions rather than LVM.": "系统盘使用普通分区，而不是 LVM。",
  "The system disk is no member of a software RAID.": "系统盘不是软件 RAID 的成员。",
  "The disk has 1 to 2,048 GiB.": "磁盘大小为 1 至 2,048 GiB。",
  "The system disk is no larger than 500 GB.": "系统盘不超过 500 GB。",
  "The host has one system disk and at most 16 data disks.": "主机有一块系统盘和最多 16 块数据盘。",
  "Only the system disk is migrated, unless the host is on ECS already.":
    "除非主机已在 ECS 上，否则只迁移系统盘。",
  "The image is sent in a format that ECS imports: RAW, VHD or, today, QCOW2.":
    "以 ECS 支持导入的格式发送镜像：RAW、VHD，以及如今的 QCOW2。",
  "Names volumes in /etc/fstab by UUID; entries of volumes that are not on the disk get nofail or become comments.":
    "在 /etc/fstab 中改用 UUID 指定卷；对不在磁盘上的卷，添加 nofail 选项或改为注释。",
  "Names the root file system by UUID to the kernel, in GRUB legacy, GRUB 2, boot loader entries and extlinux; a resume device that is gone is left out.":
    "在 GRUB legacy、GRUB 2、引导条目和 extlinux 中，以 UUID 向内核指定根文件系统；已不存在的 resume 设备会被去除。",
  "Gives the kernel a serial console, which is what the console of ECS shows, in every entry and in /etc/default/grub.":
    "在每个引导条目和 /etc/default/grub 中为内核添加串口控制台，ECS 控制台显示的正是串口输出。",
  "Sets SELINUX=disabled (or permissive, as chosen) in /etc/selinux/config, and takes what overrides it from the kernel's arguments.":
    "在 /etc/selinux/config 中设置 SELINUX=disabled（或按选择设为 permissive），并去除内核参数中覆盖该设置的部分。",
  "Keeps the guest's own firewalls from starting at boot; their rules stay where they are.":
    "使客户机系统自身的防火墙不再开机启动；其规则保持不变。",
  "Removes what ties interface names to the old machine's hardware: generated udev rules, and lines with a hardware address in other rules, ifcfg files and .link files.":
    "去除将接口名绑定到原机器硬件的内容：自动生成的 udev 规则，以及其他规则、ifcfg 文件和 .link 文件中带有硬件地址的行。",
  "Has the first network interface take its address by DHCP, whatever its name and hardware; what was set before stays as comments or in the diff.":
    "使第一个网络接口通过 DHCP 获取地址，与其名称和硬件无关；原有设置保留为注释或体现在 diff 中。",
  "Keeps NetworkManager from starting at boot, where another service brings the interface up by DHCP or can be made to; otherwise NetworkManager stays, for without network the guest could not be reached.":
    "如果有其他服务能够或可以设置为通过 DHCP 启用接口，则使 NetworkManager 不再开机启动；否则保留 NetworkManager，因为没有网络就无法访问客户机系统。",
  "Switches IPv6 off by sysctl where addresses are configured; the addresses stay where they are.":
    "在配置了 IPv6 地址时通过 sysctl 关闭 IPv6；地址本身保持不变。",
  "Has the SSH server start at boot and listen on every address; its port stays, and so does PermitRootLogin unless chosen otherwise.":
    "使 SSH 服务开机启动并监听所有地址；端口保持不变，除非另有选择，PermitRootLogin 也保持不变。",
  "Keeps the guest tools of VMware, VirtualBox, Xen, Hyper-V and Parallels from starting at boot; they stay installed.":
    "使 VMware、VirtualBox、Xen、Hyper-V 和 Parallels 的客户机工具不再开机启动；工具仍保持安装。",
  "Points cloud-init, where it is installed, at the metadata of ECS, and has it keep the host name and the SSH host keys.":
    "已安装 cloud-init 时，使其使用 ECS 的元数据，并保留主机名和 SSH 主机密钥。",
  "Makes comments of what /etc/fstab mounts from other disks and from the network, but for what the host itself needs to start.":
    "将 /etc/fstab 中从其他磁盘和网络挂载的项改为注释，主机自身启动所需的除外。",
  "Keeps NetworkManager from starting at boot, where another service is set up to bring up the same interfaces; otherwise it stays, for the host would be cut off.":
    "如果有其他服务已设置为启用相同的接口，则使 NetworkManager 不再开机启动；否则保留，以免主机失去连接。",
};
