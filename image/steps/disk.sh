# The disk image: boot loader, both slots, and room for data that grows at the first boot.

disk_uuid=$(uuid_of disk "$arch")
mib=2048
bios_start=$((1 * mib)) bios_size=$((1 * mib))
esp_start=$((bios_start + bios_size)) esp_size=$((36 * mib))
boot_a=$((esp_start + esp_size)) boot_size=$((64 * mib))
boot_b=$((boot_a + boot_size))
root_a=$((boot_b + boot_size)) root_size=$((224 * mib))
root_b=$((root_a + root_size))
data=$((root_b + root_size)) data_size=$((64 * mib))
total=$((data + data_size + mib))

for fit in "$boot_image $boot_size" "$root_image $root_size"; do
  set -- $fit
  [ $(($(stat -c %s "$1") / 512)) -le "$2" ] || { echo "image/build: $1 does not fit in its slot of $(($2 / mib)) MiB" >&2; exit 1; }
done

# GPT stores the first three parts of a GUID the other way round; the initrd compares the bytes as they lie on the disk.
disk_bytes=$(echo "$disk_uuid" | tr -d - | sed -E 's/^(..)(..)(..)(..)(..)(..)(..)(..)(.*)/\4\3\2\1\6\5\8\7\9/')
# A panic restarts; so does a kernel that finds itself broken.
cmdline="panic=5 oops=panic quiet loglevel=4 console=tty0 console=$console systemd.show_status=no fsck.mode=skip"
esp=$work/esp-$arch
rm -rf "$esp"
mkdir -p "$esp/grub" "$esp/EFI/BOOT" "$esp/branchline"
sed -e "s/@BOOT_A@/3/; s/@BOOT_B@/4/; s/@DISK@/$disk_bytes/; s|@CMDLINE@|$cmdline|" "$here/grub/grub.cfg" >"$esp/grub/grub.cfg"
cp "$here/grub/README.txt" "$esp/branchline/README.txt"
{ printf '# GRUB Environment Block\nORDER=A B\nA_OK=1\nA_TRY=0\nB_OK=0\nB_TRY=0\n'; head -c 1024 /dev/zero | tr '\0' '#'; } |
  head -c 1024 >"$esp/grub/grubenv"

grub_modules="part_gpt fat squash4 normal configfile linux loadenv regexp test echo reboot search minicmd all_video"
image_of() { # FORMAT MODULES TARGET PREFIX
  in_tools grub-mkimage -O "$1" -d "/usr/lib/grub/$1" -p "$4" -o "$3" $2
}
case $arch in
  amd64)
    image_of x86_64-efi "$grub_modules" "$esp/EFI/BOOT/BOOTX64.EFI" /grub
    image_of i386-pc "biosdisk $grub_modules" "$work/core.img" '(,gpt2)/grub'
    ;;
  arm64)
    image_of arm64-efi "$grub_modules" "$esp/EFI/BOOT/BOOTAA64.EFI" /grub
    source image/steps/raspberry.sh
    ;;
esac
settle_times "$esp"
esp_image=$work/esp-$arch.img
rm -f "$esp_image"
truncate -s $((esp_size * 512)) "$esp_image"
in_tools mkfs.vfat --invariant -i "$(echo "$disk_uuid" | tr -d - | cut -c1-8)" -n BRANCHLINE -F 16 "$esp_image" >/dev/null
in_tools bash -c "cd $esp && mcopy -i $esp_image -s -m * ::"

image=$out/branchline-$version-$arch.img
rm -f "$image"
truncate -s $((total * 512)) "$image"
in_tools sfdisk --quiet "$image" <<TEXT
label: gpt
label-id: $disk_uuid
first-lba: 34
start=$bios_start, size=$bios_size, type=21686148-6449-6E6F-744E-656564454649, name=bios, uuid=$(uuid_of bios "$arch")
start=$esp_start, size=$esp_size, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name=esp, uuid=$(uuid_of esp "$arch")
start=$boot_a, size=$boot_size, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name=boot-a, uuid=$(uuid_of boot-a "$arch")
start=$boot_b, size=$boot_size, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name=boot-b, uuid=$(uuid_of boot-b "$arch")
start=$root_a, size=$root_size, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name=root-a, uuid=$(uuid_of root-a "$arch")
start=$root_b, size=$root_size, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name=root-b, uuid=$(uuid_of root-b "$arch")
start=$data, size=$data_size, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name=data, uuid=$(uuid_of data "$arch")
TEXT
put() { dd if="$1" of="$image" bs=64K seek=$(($2 / 128)) conv=notrunc,sparse status=none; }
put "$esp_image" "$esp_start"
put "$boot_image" "$boot_a"
put "$root_image" "$root_a"

if [ "$arch" = amd64 ]; then
  # As grub-bios-setup does it: the first sector loads the sector at 0x5c, and that one the rest from where 0x1f4 says.
  little_endian() { printf "$(printf '%016x' "$1" | sed -E 's/(..)(..)(..)(..)(..)(..)(..)(..)/\\x\8\\x\7\\x\6\\x\5\\x\4\\x\3\\x\2\\x\1/')"; }
  dd if="$work/core.img" of="$image" bs=512 seek="$bios_start" conv=notrunc status=none
  little_endian $((bios_start + 1)) | dd of="$image" bs=1 seek=$((bios_start * 512 + 500)) conv=notrunc status=none
  cp "$work/tools/usr/lib/grub/i386-pc/boot.img" "$work/mbr.img"
  little_endian "$bios_start" | dd of="$work/mbr.img" bs=1 seek=92 conv=notrunc status=none
  # 0x66: jump over what some firmware wants there for floppies, else the drive number is not what the firmware said.
  printf '\220\220' | dd of="$work/mbr.img" bs=1 seek=102 conv=notrunc status=none
  dd if="$work/mbr.img" of="$image" bs=1 count=440 conv=notrunc status=none
fi
