# What a Raspberry Pi reads before it is an UEFI machine: its firmware, which starts U-Boot, which starts GRUB. Not tried
# on hardware by any test.

pi=$work/raspberry
stamp="$suite $SOURCE_DATE_EPOCH $(apt_sources non-free-firmware)"
if [ "$(cat "$pi.stamp" 2>/dev/null)" != "$stamp" ]; then
  rm -rf "$pi" "$pi.stamp"
  components=non-free-firmware debian_tree --variant=extract --architectures=arm64 \
    --include=raspi-firmware,u-boot-rpi "$suite" "$pi"
  echo "$stamp" >"$pi.stamp"
fi
cp "$pi"/usr/lib/raspi-firmware/{start4.elf,fixup4.dat,LICENCE.broadcom} "$esp/" 2>/dev/null ||
  cp "$pi"/usr/lib/raspi-firmware/{start4.elf,fixup4.dat} "$esp/"
cp "$pi/usr/lib/u-boot/rpi_arm64/u-boot.bin" "$esp/u-boot.bin"
cp "$ktree"/usr/lib/linux-image-*/broadcom/bcm2711-rpi-*.dtb "$ktree"/usr/lib/linux-image-*/broadcom/bcm2712-rpi-*.dtb "$esp/"
mkdir -p "$esp/overlays"
cp "$ktree"/usr/lib/linux-image-*/overlays/disable-bt.dtbo "$esp/overlays/" 2>/dev/null || true
cat >"$esp/config.txt" <<'TEXT'
arm_64bit=1
kernel=u-boot.bin
enable_uart=1
disable_overscan=1
avoid_warnings=1
TEXT
