# The root file system as one image, and the tree of hashes behind it by which each block is checked when it is read.

settle_times "$tree"
root_image=$out/root.img
rm -f "$root_image"
in_tools mksquashfs "$tree" "$root_image" -comp zstd -Xcompression-level $level -b 256K -no-xattrs -noappend -quiet -no-progress >/dev/null
root_bytes=$(stat -c %s "$root_image")
# Salt and UUID come from the content, so that the hash of the root is that of the content alone.
salt=$(sha256sum "$root_image" | cut -c1-64)
verity_uuid=$(uuid_of "$salt")
in_tools veritysetup format --hash=sha256 --salt="$salt" --uuid="$verity_uuid" --hash-offset="$root_bytes" \
  "$root_image" "$root_image" >"$work/verity-$arch.txt"
root_hash=$(sed -n 's/^Root hash:[[:space:]]*//p' "$work/verity-$arch.txt")
printf '%s\n' "$root_hash" >"$out/root.hash"
