# The boot image of a slot: kernel, initrd, and what the kernel has to know to verify its root.

bootdir=$work/boot-$arch
rm -rf "$bootdir"
mkdir -p "$bootdir"
cp "$ktree/boot/vmlinuz-$release" "$bootdir/vmlinuz"
cp "$work/initrd-$arch.img" "$bootdir/initrd"
blocks=$((root_bytes / 4096))
# The superblock of the hash tree takes the first block after the data.
printf 'set verity=%s:%s:%s:%s\n' "$blocks" $((blocks + 1)) "$salt" "$root_hash" >"$bootdir/slot.cfg"
settle_times "$bootdir"
boot_image=$out/boot.img
rm -f "$boot_image"
# Not compressed: both files are already.
in_tools mksquashfs "$bootdir" "$boot_image" -noI -noD -noF -noX -no-xattrs -noappend -all-root -quiet -no-progress >/dev/null
