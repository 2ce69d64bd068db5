/* genl-record DIRECTORY SECONDS FAMILY...: writes each datagram of these families of generic netlink, and of nlctrl, as
 * it comes, into a file of its own: DIRECTORY/NUMBER.FAMILY. First the kernel's answers for the families. Prints
 * "recording" when it listens, and ends after so many seconds. */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_FAMILIES = 16, MAX_DATAGRAM = 65536 };

static struct {
    const char *name;
    unsigned short id;
} families[MAX_FAMILIES];
static int known;
static const char *directory;
static _Alignas(8) char datagram[MAX_DATAGRAM];

static int listening_socket(void)
{
    struct sockaddr_nl address = {.nl_family = AF_NETLINK};
    int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("generic netlink");
        exit(1);
    }
    return fd;
}

static void keep(ssize_t length, const char *family)
{
    static int number;
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/%03d.%s", directory, ++number, family);
    file = fopen(path, "w");
    if (!file || fwrite(datagram, 1, (size_t)length, file) != (size_t)length || fclose(file)) {
        perror(path);
        exit(1);
    }
}

static const struct nlattr *next_attribute(const char **at, const char *end)
{
    const struct nlattr *attribute = (const struct nlattr *)*at;

    if (end - *at < (long)sizeof *attribute || attribute->nla_len < sizeof *attribute ||
        attribute->nla_len > end - *at)
        return NULL;
    *at += NLA_ALIGN(attribute->nla_len);
    return attribute;
}

static void join(int fd, const char *at, const char *end)
{
    const struct nlattr *group, *detail;

    while ((group = next_attribute(&at, end))) {
        const char *inner = (const char *)group + NLA_HDRLEN;

        while ((detail = next_attribute(&inner, (const char *)group + group->nla_len)))
            if (detail->nla_type == CTRL_ATTR_MCAST_GRP_ID &&
                setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, (const char *)detail + NLA_HDRLEN, sizeof(int)) < 0)
                perror("join");
    }
}

static void ask_for(int fd, const char *name)
{
    struct {
        struct nlmsghdr header;
        struct genlmsghdr generic;
        struct nlattr attribute;
        char family[GENL_NAMSIZ];
    } request = {
        .header = {.nlmsg_len = sizeof request, .nlmsg_type = GENL_ID_CTRL, .nlmsg_flags = NLM_F_REQUEST},
        .generic = {.cmd = CTRL_CMD_GETFAMILY, .version = 1},
        .attribute = {.nla_len = NLA_HDRLEN + GENL_NAMSIZ, .nla_type = CTRL_ATTR_FAMILY_NAME},
    };
    const struct nlattr *attribute;
    const char *at = datagram + NLMSG_HDRLEN + GENL_HDRLEN;
    ssize_t length;

    strncpy(request.family, name, sizeof request.family - 1);
    if (send(fd, &request, sizeof request, 0) < 0 || (length = recv(fd, datagram, sizeof datagram, 0)) < 0) {
        perror(name);
        exit(1);
    }
    keep(length, "answer");
    families[known].name = name;
    if (((struct nlmsghdr *)datagram)->nlmsg_type != GENL_ID_CTRL)
        return; /* there is none of this name */
    while ((attribute = next_attribute(&at, datagram + length))) {
        const char *value = (const char *)attribute + NLA_HDRLEN;

        if ((attribute->nla_type & NLA_TYPE_MASK) == CTRL_ATTR_FAMILY_ID)
            memcpy(&families[known].id, value, sizeof families[known].id);
        if ((attribute->nla_type & NLA_TYPE_MASK) == CTRL_ATTR_MCAST_GROUPS)
            join(fd, value, (const char *)attribute + attribute->nla_len);
    }
    ++known;
}

static const char *name_of(unsigned short id)
{
    for (int i = 0; i < known; ++i)
        if (families[i].id == id)
            return families[i].name;
    return "other";
}

int main(int argc, char **argv)
{
    struct pollfd input = {.events = POLLIN};
    ssize_t length;
    time_t end;

    if (argc < 4 || argc > 3 + MAX_FAMILIES - 1)
        return 2;
    directory = argv[1];
    end = time(NULL) + atoi(argv[2]);
    input.fd = listening_socket();
    ask_for(input.fd, "nlctrl");
    for (int i = 3; i < argc; ++i)
        ask_for(input.fd, argv[i]);
    puts("recording");
    fflush(stdout);
    while (time(NULL) < end)
        if (poll(&input, 1, 100) > 0 && (length = recv(input.fd, datagram, sizeof datagram, 0)) > 0)
            keep(length, name_of(((struct nlmsghdr *)datagram)->nlmsg_type));
    return 0;
}
