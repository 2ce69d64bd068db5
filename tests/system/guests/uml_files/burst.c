/* burst COUNT: has the kernel send so many events before any helper has the processor, of which the guest has one, by
 * running in real time. Prints the number of the last event, and how often count_hotplug had been started by then. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int send_events(int count) {
    const int fd = open("/sys/devices/virtual/mem/null/uevent", O_WRONLY | O_CLOEXEC);
    int sent = 0;
    while (fd >= 0 && sent < count && pwrite(fd, "change", 6, 0) == 6) ++sent;
    return sent == count;
}

static unsigned long long newest(void) {
    unsigned long long seqnum = 0;
    FILE *const file = fopen("/sys/kernel/uevent_seqnum", "re");
    if (!file || fscanf(file, "%llu", &seqnum) != 1) perror("uevent_seqnum");
    return seqnum;
}

static int started(void) {
    int lines = 0;
    FILE *const file = fopen("/seen", "re");
    for (int byte = 0; file && (byte = getc(file)) != EOF;) lines += byte == '\n';
    return lines;
}

int main(int argc, char **argv) {
    const struct sched_param realtime = {.sched_priority = 1};
    if (argc != 2 || sched_setscheduler(0, SCHED_FIFO, &realtime) < 0 || !send_events(atoi(argv[1]))) {
        perror("burst");
        return EXIT_FAILURE;
    }
    printf("%llu %d\n", newest(), started());
    return EXIT_SUCCESS;
}
