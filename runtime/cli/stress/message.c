// SPDX-License-Identifier: MIT
//
// message.c - what a process of `togil stress -j` has found, as bytes for its parent.
//
// Format      A head, then entries of seen.h, then failures: numbers, and three texts. Sender and
//             reader are the same program, so structures are sent as they are.
#include "cli/stress/message.h"

#include <errno.h>  // EINTR
#include <stdlib.h> // free
#include <string.h> // memcpy
#include <unistd.h> // write

typedef struct wire_failure {
    uint64_t run, count, signature;
    uint32_t kind;
    uint32_t sizes[3]; // text, thread, schedule, with their ends; 0: NULL
} wire_failure;

typedef tgi_vec(char) bytes;

static bool put(bytes *to, const void *data, size_t n)
{
    if (!vec_reserve(to, n))
        return false;
    if (n > 0)
        memcpy(to->data + to->count, data, n);
    to->count += n;
    return true;
}

static bool put_failure(bytes *to, const tgi_stress_failure *f)
{
    const char *texts[3] = {f->text, f->thread, f->found};
    wire_failure w = {f->run, f->count, f->signature, f->kind, {0}};
    for (int i = 0; i < 3; i++)
        w.sizes[i] = texts[i] != NULL ? (uint32_t)strlen(texts[i]) + 1 : 0;
    bool well = put(to, &w, sizeof w);
    for (int i = 0; i < 3; i++)
        well = well && put(to, texts[i], w.sizes[i]);
    return well;
}

static bool write_all(int fd, const char *data, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, data, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        data += done;
        n -= (size_t)done;
    }
    return true;
}

bool tgi_message_send(int fd, uint64_t chunk, bool last, const tgi_stress_session *found)
{
    bytes to = TGI_VEC_INIT;
    tgi_message_head head = {.chunk = chunk,
                             .sums = tgi_stress_sums_of(found),
                             .seen = found->seen.count,
                             .failures = found->failures.count,
                             .code = found->code,
                             .last = last,
                             .unwatched = found->races_incomplete};
    bool well = put(&to, &head, sizeof head) &&
                put(&to, found->seen.data, found->seen.count * sizeof(tgi_stress_seen));
    for (size_t i = 0; well && i < found->failures.count; i++)
        well = put_failure(&to, &found->failures.data[i]);
    if (well) {
        head.bytes = to.count - sizeof head;
        memcpy(to.data, &head, sizeof head);
        well = write_all(fd, to.data, to.count);
    }
    vec_free(&to);
    return well;
}

bool tgi_message_read(const tgi_message_head *head, const char *at, tgi_stress_session *found)
{
    found->code = head->code;
    found->races_incomplete = head->unwatched != 0;
    tgi_stress_add_sums(found, &head->sums);
    for (uint64_t i = 0; i < head->seen; i++, at += sizeof(tgi_stress_seen)) {
        tgi_stress_seen one;
        memcpy(&one, at, sizeof one);
        if (!vec_push(&found->seen, one))
            return false;
    }
    for (uint64_t i = 0; i < head->failures; i++) {
        wire_failure w;
        memcpy(&w, at, sizeof w);
        at += sizeof w;
        tgi_stress_failure f = {.kind = (tg_stress_kind)w.kind,
                                .run = w.run,
                                .count = w.count,
                                .signature = w.signature};
        char **texts[3] = {&f.text, &f.thread, &f.found};
        for (int k = 0; k < 3; k++) {
            *texts[k] = w.sizes[k] > 0 ? strdup(at) : NULL;
            at += w.sizes[k];
        }
        if (!vec_push(&found->failures, f)) {
            tgi_stress_failure_free(&f);
            return false;
        }
    }
    return true;
}
