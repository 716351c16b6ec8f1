# Debian's packages, unpacked: what the image is built with, its root, and the kernel with what is started before the root.
# Each tree is kept until its packages or where they come from change. They are made at the same time.

tool_packages=squashfs-tools,cryptsetup-bin,grub-common,grub2-common,grub-pc-bin,grub-efi-amd64-bin,mtools,dosfstools,fdisk
tool_packages+=,rauc,openssl,cpio,zstd,e2fsprogs,kmod
root_packages=systemd,systemd-sysv,systemd-resolved,udev,dbus,kmod,nftables,e2fsprogs,fdisk,util-linux,rauc,rauc-service
root_packages+=,iproute2,chrony,dropbear-bin,busybox
start_packages=$kernel_package,busybox-static,dmsetup,libc6,libudev1,libselinux1,libpcre2-8-0
base=$work/base-amd64
ktree=$work/kernel-$arch
sources="$suite $SOURCE_DATE_EPOCH $(apt_sources)"

# Of the same Debian release as the image, so that the host's versions do not matter.
make_tools() {
  debian_tree --variant=essential --include="$tool_packages" "$suite" "$1"
}
make_base() {
  debian_tree --variant=essential --include="$root_packages" \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --customize-hook='chroot "$1" useradd --system --uid 950 --user-group --home-dir /var/lib/branchline --no-create-home --shell /usr/sbin/nologin branchline' \
    "$suite" "$1"
}
make_start() {
  debian_tree --variant=extract --architectures="$arch" --include="$start_packages" "$suite" "$1"
}

making=()
begin_tree() { # FOLDER STAMP COMMAND
  [ "$(cat "$1.stamp" 2>/dev/null)" != "$2" ] || return 0
  rm -rf "$1" "$1.stamp"
  { "$3" "$1" && echo "$2" >"$1.stamp"; } &
  making+=($!)
}
begin_tree "$work/tools" "$suite $tool_packages" make_tools
if [ -z "$bundle" ]; then
  begin_tree "$base" "$sources $root_packages" make_base
  begin_tree "$ktree" "$sources $start_packages" make_start
fi
for made in "${making[@]}"; do wait "$made" || failed=$made; done
[ -z "${failed:-}" ] || exit 1

# GRUB's modules for arm64 are packaged for arm64 alone, and mean the same to any machine's grub-mkimage.
if [ "$arch" = arm64 ] && [ ! -d "$work/tools/usr/lib/grub/arm64-efi" ]; then
  debian_tree --variant=extract --architectures=arm64 --include=grub-efi-arm64-bin "$suite" "$work/grub-arm64"
  cp -r "$work/grub-arm64/usr/lib/grub/arm64-efi" "$work/tools/usr/lib/grub/"
  rm -rf "$work/grub-arm64"
fi
