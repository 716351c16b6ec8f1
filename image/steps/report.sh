# Figures of what was made.

printf 'root hash   %s\n' "$root_hash"
printf 'root        %s\n' "$(megabytes "$root_image")"
if [ -z "$only_root" ]; then
  printf 'boot        %s (initrd %s)\n' "$(megabytes "$boot_image")" "$(megabytes "$work/initrd-$arch.img")"
  printf 'bundle      %s  %s\n' "$(megabytes "$bundle")" "$bundle"
  printf 'disk image  %s, %s on disk  %s\n' "$(megabytes "$image")" \
    "$(du --block-size=1 "$image" | awk '{ printf "%.1f MB", $1 / 1e6 }')" "$image"
fi
