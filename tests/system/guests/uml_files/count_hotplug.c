/* Stands in the place of the kernel's hotplug helper: writes the SEQNUM of the event into a file of its own, /seen, and
 * becomes the helper. So it is known which events a helper was started for, whatever that has made of them.
 *
 * LOSE_EVERY=10 (of the compiler) makes of it a helper that loses every tenth event: the tests must notice. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int note(unsigned long long seqnum) {
    char line[32];
    const int length = snprintf(line, sizeof line, "%llu\n", seqnum);
    const int fd = open("/seen", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return fd >= 0 && write(fd, line, (size_t)length) == length && close(fd) == 0;
}

int main(int argc, char **argv) {
    const char *text = getenv("SEQNUM");
    const unsigned long long seqnum = text ? strtoull(text, NULL, 10) : 0;
    if (argc < 2 || !note(seqnum)) return EXIT_FAILURE;
#ifdef LOSE_EVERY
    if (seqnum % LOSE_EVERY == 0) return EXIT_SUCCESS;
#endif
    execv("/sbin/keventd-hotplug", argv);
    return EXIT_FAILURE;
}
