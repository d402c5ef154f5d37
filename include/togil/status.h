// SPDX-License-Identifier: MIT
//
// status.h - the result of every call that can fail for a reason of the host.
//
// TG_OK is zero and every failure is negative, so `if (st < 0)` and `if (st != TG_OK)` mean the
// same. Results travel through the last parameters (`out`), which are written only on TG_OK.
#ifndef TOGIL_STATUS_H
#define TOGIL_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tg_status {
    TG_OK = 0,               // done
    TG_ERR_NOMEM = -1,       // memory ran out
    TG_ERR_OS = -2,          // the operating system refused; errno says why
    TG_ERR_ARG = -3,         // an argument is not acceptable
    TG_ERR_RAISED = -4,      // a language exception is set on the thread
    TG_ERR_TIMEOUT = -5,     // the deadline passed first
    TG_ERR_INTERRUPTED = -6, // the wait was cut short: something is pending for this thread
    TG_ERR_LIMIT = -7,       // a fixed limit is reached (counter, identifier, nesting)
    TG_ERR_STATE = -8,       // not possible in the present state (unpaired call, already ended)
    TG_ERR_UNSUPPORTED = -9  // this build or mode cannot do it
} tg_status;

#ifdef __cplusplus
}
#endif
#endif
