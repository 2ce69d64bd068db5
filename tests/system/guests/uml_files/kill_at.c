/* kill_at MARK MICROSECONDS COMMAND ARGUMENT...: runs the command, and kills it so long after it has said a line with
 * the mark on standard error; if the mark is "", after its start; and in any case when it has said nothing for two
 * seconds. What it says is passed on.
 *
 * If LISTEN_FDS is set, the command is told that it is meant, as by sd_listen_fds(3). */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { Patience = 2000 };

static void become(char **command, int said) {
    char pid[16];
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    if (getenv("LISTEN_FDS")) setenv("LISTEN_PID", pid, 1);
    dup2(said, STDERR_FILENO);
    execvp(command[0], command);
    perror(command[0]);
    _exit(127);
}

/* Returns when it has said the mark, or nothing more. */
static void listen_to(FILE *said, const char *mark) {
    char line[1024];
    struct pollfd ready = {.fd = fileno(said), .events = POLLIN};
    while (poll(&ready, 1, Patience) == 1 && fgets(line, sizeof line, said)) {
        fputs(line, stderr);
        if (strstr(line, mark)) return;
    }
}

int main(int argc, char **argv) {
    int ends[2];
    if (argc < 4 || pipe2(ends, 0) < 0) return EXIT_FAILURE;
    const pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        become(argv + 3, ends[1]);
    }
    close(ends[1]);
    FILE *const said = fdopen(ends[0], "r");
    if (!said) return EXIT_FAILURE;
    setvbuf(said, NULL, _IONBF, 0); /* poll() is to know of all that has not been read */
    if (argv[1][0]) listen_to(said, argv[1]);
    usleep((useconds_t)atoi(argv[2]));
    kill(pid, SIGKILL);
    for (char line[1024]; fgets(line, sizeof line, said);) fputs(line, stderr);
    return waitpid(pid, NULL, 0) == pid ? EXIT_SUCCESS : EXIT_FAILURE;
}
