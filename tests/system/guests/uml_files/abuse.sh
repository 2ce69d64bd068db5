#!/bin/sh
# What is in the place of a spool, and is none: the helper, --hand-over and the daemon name it, leave it, and lose
# nothing beside it. Each time there are some events, which have to find another way. What the host has made is in
# /test/spool-*.
# shellcheck source=tests/system/guests/uml_files/guest.sh
. /test/guest.sh

ours=/run/keventd-hotplug
state=/var/keventd
spool=$state/spool
socket=$state/bus

hand_over() {
    keventd-hotplug --hand-over "${2:-$spool}" 2>"$results/$1.said" || :
    helper_on /sbin/hotplug
}

# abuse NAME COMMAND…: the command puts something into the place of the spool.
abuse() {
    rm -rf "$ours"
    mkdir -m 700 "$ours"
    name=$1
    shift
    "$@"
    change 5
    hand_over "$name"
    ls -lR "$ours" /victim >"$results/$name.left" 2>&1 || :
}

writable_spool() {
    cp /test/spool-good "$ours/spool"
    chmod 666 "$ours/spool"
}

# A spool of the helper's own, in which there is room for a piece of a record, which begins at a multiple of 8.
fill_spool() {
    change 1
    wait_until 20 [ -e "$ours/spool" ]
    wait_until 20 settled "$ours/spool"
    truncate -s $((4 * 1024 * 1024 - 104)) "$ours/spool"
}

# on_small_tmpfs DIRECTORY OPTIONS COMMAND…
on_small_tmpfs() {
    mount -t tmpfs -o "mode=755,$2" small "$1"
    small=$1
    shift 2
    "$@"
    umount "$small"
}
change_and_hand_over() {
    change "$1"
    hand_over "$2"
}
# There is no room for the copy; it stays where it is, and goes elsewhere.
hand_over_to_small() {
    change 100
    hand_over no-room-for-copy /small/keventd/spool
    hand_over room-for-copy
}

mount_kernel
mount -t tmpfs -o mode=755 var /var
mkdir /victim /small
hand_over boot
mount_dev

ln -s /victim /dev/.keventd-hotplug
change_and_hand_over 5 linked-directory
rm /dev/.keventd-hotplug
mount_run

abuse fifo mkfifo -m 600 "$ours/spool"
abuse link ln -s /victim/spool "$ours/spool"
abuse garbage cp /test/garbage "$ours/spool"
abuse empty touch "$ours/spool"
abuse directory mkdir "$ours/spool"
abuse writable writable_spool
abuse full fill_spool
rm -rf "$ours"
on_small_tmpfs /run size=20k change_and_hand_over 150 no-room
on_small_tmpfs /run nr_inodes=1 change_and_hand_over 5 no-inode
on_small_tmpfs /small size=16k hand_over_to_small

mkdir -m 700 "$ours"
cp /test/spool-good "$ours/taken"
truncate -s $((4 * 1024 * 1024 + 1)) "$ours/taken"
hand_over large
rm -rf "$ours"

for file in /test/spool-*; do
    cp "$file" "$spool/${file#/test/spool-}.spool"
done
mkfifo -m 600 "$spool/fifo.spool"
mkdir "$spool/directory.spool"
ln -s /test/spool-good "$spool/link.spool"
cp "$spool/good.spool" "$spool/large.spool"
truncate -s $((4 * 1024 * 1024 + 1)) "$spool/large.spool"
chmod 666 "$spool/writable.spool"

start_recorder &
wait_until_serving 30
keep_stream abuse
ls -l "$spool" >"$results/spool.left"
