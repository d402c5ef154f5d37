// SPDX-License-Identifier: MIT
//
// errno_module.c - the module errno: the numbers of the errors of the system, and their names.
#include "modules/modules.h"
#include "modules/support.h"

#include <errno.h>

typedef struct number {
    const char *name;
    int value;
} number;

// clang-format off
#define E(name) {#name, name},
static const number numbers[] = {
    E(E2BIG) E(EACCES) E(EADDRINUSE) E(EADDRNOTAVAIL) E(EADV) E(EAFNOSUPPORT) E(EAGAIN)
    E(EALREADY) E(EBADE) E(EBADF) E(EBADFD) E(EBADMSG) E(EBADR) E(EBADRQC) E(EBADSLT) E(EBFONT)
    E(EBUSY) E(ECANCELED) E(ECHILD) E(ECHRNG) E(ECOMM) E(ECONNABORTED) E(ECONNREFUSED)
    E(ECONNRESET) E(EDEADLK) E(EDEADLOCK) E(EDESTADDRREQ) E(EDOM) E(EDOTDOT) E(EDQUOT) E(EEXIST)
    E(EFAULT) E(EFBIG) E(EHOSTDOWN) E(EHOSTUNREACH) E(EIDRM) E(EILSEQ) E(EINPROGRESS) E(EINTR)
    E(EINVAL) E(EIO) E(EISCONN) E(EISDIR) E(EISNAM) E(EKEYEXPIRED) E(EKEYREJECTED)
    E(EKEYREVOKED) E(EL2HLT) E(EL2NSYNC) E(EL3HLT) E(EL3RST) E(ELIBACC) E(ELIBBAD) E(ELIBEXEC)
    E(ELIBMAX) E(ELIBSCN) E(ELNRNG) E(ELOOP) E(EMEDIUMTYPE) E(EMFILE) E(EMLINK) E(EMSGSIZE)
    E(EMULTIHOP) E(ENAMETOOLONG) E(ENAVAIL) E(ENETDOWN) E(ENETRESET) E(ENETUNREACH) E(ENFILE)
    E(ENOANO) E(ENOBUFS) E(ENOCSI) E(ENODATA) E(ENODEV) E(ENOENT) E(ENOEXEC) E(ENOKEY) E(ENOLCK)
    E(ENOLINK) E(ENOMEDIUM) E(ENOMEM) E(ENOMSG) E(ENONET) E(ENOPKG) E(ENOPROTOOPT) E(ENOSPC)
    E(ENOSR) E(ENOSTR) E(ENOSYS) E(ENOTBLK) E(ENOTCONN) E(ENOTDIR) E(ENOTEMPTY) E(ENOTNAM)
    E(ENOTRECOVERABLE) E(ENOTSOCK) E(ENOTSUP) E(ENOTTY) E(ENOTUNIQ) E(ENXIO) E(EOPNOTSUPP)
    E(EOVERFLOW) E(EOWNERDEAD) E(EPERM) E(EPFNOSUPPORT) E(EPIPE) E(EPROTO) E(EPROTONOSUPPORT)
    E(EPROTOTYPE) E(ERANGE) E(EREMCHG) E(EREMOTE) E(EREMOTEIO) E(ERESTART) E(ERFKILL) E(EROFS)
    E(ESHUTDOWN) E(ESOCKTNOSUPPORT) E(ESPIPE) E(ESRCH) E(ESRMNT) E(ESTALE) E(ESTRPIPE) E(ETIME)
    E(ETIMEDOUT) E(ETOOMANYREFS) E(ETXTBSY) E(EUCLEAN) E(EUNATCH) E(EUSERS) E(EWOULDBLOCK)
    E(EXDEV) E(EXFULL)
};
#undef E
// clang-format on

static int init(tg_thread *t, tg_value module)
{
    tg_value codes = tg_dict(t);
    int st = codes == TG_NULL ? -1 : 0;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0] && st == 0; i++) {
        tg_value code = tg_int(t, numbers[i].value), name = tg_str_c(t, numbers[i].name), old;
        st = name == TG_NULL ? -1 : tgi_add_int(t, module, numbers[i].name, numbers[i].value);
        // Two names of one number: the first one in the alphabet is kept, as everywhere else.
        int known = st < 0 ? -1 : tg_dict_get(t, codes, code, &old);
        if (known > 0)
            tg_release(t, old);
        else
            st = known < 0 ? -1 : tg_dict_set(t, codes, code, name);
        tg_release(t, name);
        tg_release(t, code);
    }
    if (st == 0)
        return tg_module_add(t, module, "errorcode", codes);
    tg_release(t, codes);
    return -1;
}

const tg_module_def tgi_module_errno = {"errno", init};
