#!/bin/sh
# install.sh [PREFIX]: copies Copydesk into PREFIX (~/.local by default) and adds it to the desktop menu.
# install.sh --remove [PREFIX] removes it again. Datasets and settings stay.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
case "${1:-}" in
    --remove) remove=yes; shift ;;
    -h | --help) sed -n '2,3s/^# //p' "$0"; exit ;;
    -*) echo "error: unknown option $1
hint: install.sh [PREFIX], or install.sh --remove [PREFIX]" >&2; exit 2 ;;
    *) remove= ;;
esac
prefix=${1:-${HOME:?set HOME or name a folder: install.sh PREFIX}/.local}

# What the package holds, by path below PREFIX.
contents() {
    (cd "$here" && find bin share -type f | LC_ALL=C sort)
}

update_desktop() {
    [ -d "$here/share/applications" ] || return 0
    # Without these tools the desktop notices the change later by itself.
    [ ! -d "$prefix/share/mime" ] || ! command -v update-mime-database >/dev/null || update-mime-database "$prefix/share/mime" || true
    [ ! -d "$prefix/share/applications" ] || ! command -v update-desktop-database >/dev/null ||
        update-desktop-database "$prefix/share/applications" || true
}

# What the two tools above made, where nothing else is left to look up.
remove_caches() {
    if [ -z "$(ls "$prefix/share/mime/packages" 2>/dev/null)" ]; then
        for file in XMLnamespaces aliases generic-icons globs globs2 icons magic mime.cache subclasses treemagic types version; do
            rm -f "$prefix/share/mime/$file"
        done
        rmdir "$prefix/share/mime/application" 2>/dev/null || true
    fi
    if [ "$(ls "$prefix/share/applications" 2>/dev/null)" = mimeinfo.cache ]; then rm -f "$prefix/share/applications/mimeinfo.cache"; fi
}

if [ "$remove" ]; then
    contents | while read -r file; do rm -f "$prefix/$file"; done
    update_desktop
    [ ! -d "$here/share/applications" ] || remove_caches
    # Folders that held nothing else.
    (cd "$here" && find bin share -type d | LC_ALL=C sort -r) | while read -r folder; do
        rmdir "$prefix/$folder" 2>/dev/null || true
    done
    echo "removed Copydesk from $prefix; datasets and settings stay"
    exit
fi

contents | while read -r file; do
    mode=644
    case "$file" in bin/*) mode=755 ;; esac
    mkdir -p "$prefix/$(dirname "$file")"
    # Replaces a program that runs, which cannot be written to.
    rm -f "$prefix/$file"
    cp "$here/$file" "$prefix/$file"
    chmod $mode "$prefix/$file"
done
if [ -f "$prefix/share/applications/copydesk.desktop" ]; then
    # The whole path, quoted, because the desktop menu may not search PREFIX/bin.
    sed "s|^Exec=copydesk|Exec=\"$prefix/bin/copydesk\"|" "$here/share/applications/copydesk.desktop" >"$prefix/share/applications/copydesk.desktop"
fi
update_desktop
echo "installed Copydesk in $prefix"
case ":$PATH:" in
    *":$prefix/bin:"*) ;;
    *) echo "hint: add $prefix/bin to your PATH to call it as copydesk" ;;
esac
