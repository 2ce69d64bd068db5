/* set-limits DEVICE USER BLOCKS-SOFT BLOCKS-HARD FILES-SOFT FILES-HARD SECONDS: the limits of a user (a number) on the
 * file system of the device, blocks of 1 KiB; and for how long any user may exceed a soft one. 0 is no limit. */
#include <stdio.h>
#include <stdlib.h>
#include <linux/quota.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct if_dqblk limits;
    struct if_dqinfo times;
    unsigned long long number[8];

    if (argc != 8)
        return 2;
    for (int i = 2; i < argc; ++i)
        number[i] = strtoull(argv[i], NULL, 10);
    memset(&limits, 0, sizeof limits);
    limits.dqb_bsoftlimit = number[3];
    limits.dqb_bhardlimit = number[4];
    limits.dqb_isoftlimit = number[5];
    limits.dqb_ihardlimit = number[6];
    limits.dqb_valid = QIF_LIMITS;
    memset(&times, 0, sizeof times);
    times.dqi_bgrace = times.dqi_igrace = number[7];
    times.dqi_valid = IIF_BGRACE | IIF_IGRACE;
    if (syscall(SYS_quotactl, QCMD(Q_SETQUOTA, USRQUOTA), argv[1], (int)number[2], &limits) < 0 ||
        (number[7] && syscall(SYS_quotactl, QCMD(Q_SETINFO, USRQUOTA), argv[1], 0, &times) < 0)) {
        perror(argv[1]);
        return 1;
    }
    return 0;
}
