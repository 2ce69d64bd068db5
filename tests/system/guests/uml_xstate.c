/* Preloaded into user-mode-linux: lets it run on processors with AVX-512 or AMX.
 *
 * It sets the vector registers of its processes by PTRACE_SETREGSET with 832 bytes, what AVX takes. Linux accepts
 * nothing but the whole state of the processor (xstateregs_set() in arch/x86/kernel/fpu/regset.c), and it panics. So
 * what is beyond those bytes is left here as it is: each process of the guest is one here, which has them to itself.
 *
 * Not on the stack, for the state of AMX alone is half of that of the guest's kernel, which has one thread. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

typedef long Ptrace(long request, pid_t pid, void *address, void *data);

static Ptrace *original;
static char state[65536];

static __attribute__((constructor)) void find_original(void) { original = (Ptrace *)dlsym(RTLD_NEXT, "ptrace"); }

static long set_begin(pid_t pid, const struct iovec *begin) {
    struct iovec whole = {.iov_base = state, .iov_len = sizeof state};
    const long got = original(PTRACE_GETREGSET, pid, (void *)NT_X86_XSTATE, &whole);
    if (got < 0) return got;
    memcpy(state, begin->iov_base, begin->iov_len < whole.iov_len ? begin->iov_len : whole.iov_len);
    return original(PTRACE_SETREGSET, pid, (void *)NT_X86_XSTATE, &whole);
}

long ptrace(enum __ptrace_request request, ...) {
    va_list rest;
    va_start(rest, request);
    const pid_t pid = va_arg(rest, pid_t);
    void *const address = va_arg(rest, void *);
    void *const data = va_arg(rest, void *);
    va_end(rest);
    if (request == PTRACE_SETREGSET && address == (void *)NT_X86_XSTATE) return set_begin(pid, data);
    return original(request, pid, address, data);
}
