# What the image is built with, of the same Debian release as the image.

tool_packages=squashfs-tools,cryptsetup-bin,grub-common,grub2-common,grub-pc-bin,grub-efi-amd64-bin,mtools,dosfstools,fdisk
tool_packages+=,rauc,openssl,cpio,zstd,e2fsprogs,kmod
stamp="$suite $tool_packages"
if [ "$(cat "$work/tools.stamp" 2>/dev/null)" != "$stamp" ]; then
  rm -rf "$work/tools" "$work/tools.stamp"
  debian_tree --variant=essential --include="$tool_packages" "$suite" "$work/tools"
  echo "$stamp" >"$work/tools.stamp"
fi

# GRUB's modules for arm64 are packaged for arm64 alone, and mean the same to any machine's grub-mkimage.
if [ "$arch" = arm64 ] && [ ! -d "$work/tools/usr/lib/grub/arm64-efi" ]; then
  debian_tree --variant=extract --architectures=arm64 --include=grub-efi-arm64-bin "$suite" "$work/grub-arm64"
  cp -r "$work/grub-arm64/usr/lib/grub/arm64-efi" "$work/tools/usr/lib/grub/"
  rm -rf "$work/grub-arm64"
fi
