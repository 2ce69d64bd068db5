/* keep_socket COMMAND ARGUMENT...: opens the kernel's uevent socket as descriptor 3, as a socket unit of systemd does,
 * and becomes the command, which has it as long as it runs. */
#define _GNU_SOURCE
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { Kept = 3, KernelGroup = 1, BufferBytes = 128 * 1024 * 1024 };

static int opened(void) {
    const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
    const int on = 1;
    const int bytes = BufferBytes;
    const struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = KernelGroup};
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) < 0)
        return -1;
    return fd;
}

int main(int argc, char **argv) {
    const int fd = opened();
    if (argc < 2 || fd < 0 || (fd != Kept && dup2(fd, Kept) < 0)) {
        perror("keep_socket");
        return EXIT_FAILURE;
    }
    if (fd != Kept) close(fd);
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    return EXIT_FAILURE;
}
