# What the kernel starts: finds the disk, opens the verified root, mounts the data, goes on there.

initrd=$work/initrd-$arch
rm -rf "$initrd"
mkdir -p "$initrd"/{bin,dev,proc,sys,run,root,usr/lib}
ln -s usr/lib "$initrd/lib"
install -m 755 "$ktree/usr/bin/busybox" "$initrd/bin/busybox"
ln -s busybox "$initrd/bin/sh"
ln -s bin "$initrd/sbin"
install -m 755 "$ktree/usr/sbin/dmsetup" "$initrd/bin/dmsetup"
triplet=$(basename "$ktree"/usr/lib/*-linux-gnu)
mkdir -p "$initrd/usr/lib/$triplet"
for library in libdevmapper.so.1.02.1 libudev.so.1 libselinux.so.1 libpcre2-8.so.0 libm.so.6 libc.so.6 libcap.so.2; do
  [ ! -e "$ktree/usr/lib/$triplet/$library" ] || cp -L "$ktree/usr/lib/$triplet/$library" "$initrd/usr/lib/$triplet/"
done
loader=$(find "$ktree/usr/lib" -name 'ld-linux-*.so.*' | head -1)
cp -L "$loader" "$initrd/usr/lib/$triplet/"
case $arch in
  amd64) mkdir -p "$initrd/lib64" && ln -s "/usr/lib/$triplet/$(basename "$loader")" "$initrd/lib64/" ;;
  arm64) ln -s "/usr/lib/$triplet/$(basename "$loader")" "$initrd/usr/lib/" ;;
esac
install -m 755 "$here/initrd/init" "$initrd/init"
copy_modules "$here/modules-initrd.txt" "$initrd"
settle_times "$initrd"
in_tools bash -c "cd $initrd && find . | sort | cpio --quiet --reproducible -H newc -R 0:0 -o | zstd -q -$level -T1" >"$work/initrd-$arch.img"
