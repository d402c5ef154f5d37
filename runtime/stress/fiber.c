// SPDX-License-Identifier: MIT
//
// fiber.c - several C stacks on one OS thread.
//
// Owns        the stacks.
// Threads     a fiber runs on one OS thread only.
// Invariants  F1  a fiber that does not run has its callee-saved registers on its stack, sp below
//                 them; one that was prepared has a frame there that returns into `begin`.
// Method      the switch saves what the ABI asks a callee to save and nothing else: to the compiler
//             it is a call. The sanitizers are told before and after, so that they keep a shadow
//             stack per fiber.
// Rejected    ucontext: a system call per switch for the signal mask.
#include "stress/fiber.h"

#include "base/compiler.h" // TGI_TSAN
#include "base/os.h"       // tgi_os.map
#include "stress/baton.h"  // fibers that are threads

#include <signal.h>   // pthread_sigmask
#include <stdint.h>   // uintptr_t
#include <string.h>   // memset
#include <sys/mman.h> // mprotect
#include <time.h>     // time
#include <unistd.h>   // page size

#if defined(__SANITIZE_ADDRESS__)
#define FIBER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBER_ASAN 1
#endif
#endif
#ifndef FIBER_ASAN
#define FIBER_ASAN 0
#endif

#if FIBER_ASAN
void __sanitizer_start_switch_fiber(void **fake_stack, const void *bottom, size_t size);
void __sanitizer_finish_switch_fiber(void *fake_stack, const void **old_bottom, size_t *old_size);
#endif
#if TGI_TSAN
void *__tsan_get_current_fiber(void);
void *__tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void *fiber);
void __tsan_switch_to_fiber(void *fiber, unsigned flags);
#endif

// void tgi_fiber_swap(void **save, void *load): pushes the callee-saved registers, stores the stack
// pointer in *save, takes `load`, pops.
void tgi_fiber_swap(void **save, void *load);
// Where a prepared fiber starts.
void tgi_fiber_enter(void);

#if defined(__x86_64__)
// Saved, from sp upwards: mxcsr and x87 control word, r15, r14, r13, r12, rbx, rbp, return address.
enum { SAVED_WORDS = 8 };
__asm__(".text\n"
        ".p2align 4\n"
        ".hidden tgi_fiber_swap\n"
        ".globl tgi_fiber_swap\n"
        ".type tgi_fiber_swap,@function\n"
        "tgi_fiber_swap:\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    subq $8, %rsp\n"
        "    stmxcsr (%rsp)\n"
        "    fnstcw 4(%rsp)\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    ldmxcsr (%rsp)\n"
        "    fldcw 4(%rsp)\n"
        "    addq $8, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        ".size tgi_fiber_swap,.-tgi_fiber_swap\n"
        ".p2align 4\n"
        ".hidden tgi_fiber_enter\n"
        ".globl tgi_fiber_enter\n"
        ".type tgi_fiber_enter,@function\n"
        "tgi_fiber_enter:\n"
        "    movq %r13, %rdi\n"
        "    xorl %ebp, %ebp\n"
        "    callq *%r12\n"
        "    ud2\n"
        ".size tgi_fiber_enter,.-tgi_fiber_enter\n");

static void *first_frame(char *top, void (*fn)(void *), void *arg)
{
    uint64_t *sp = (uint64_t *)(void *)top - 2 - SAVED_WORDS; // the ABI aligns a frame to 16
    uint32_t mxcsr;
    uint16_t control;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    __asm__ volatile("fnstcw %0" : "=m"(control));
    memset(sp, 0, (2 + SAVED_WORDS) * sizeof *sp);
    sp[0] = (uint64_t)control << 32 | mxcsr;
    sp[3] = (uint64_t)(uintptr_t)arg; // r13
    sp[4] = (uint64_t)(uintptr_t)fn;  // r12
    sp[7] = (uint64_t)(uintptr_t)tgi_fiber_enter;
    return sp;
}
#elif defined(__aarch64__)
// Saved, from sp upwards: x19 to x30, d8 to d15.
enum { SAVED_WORDS = 20 };
__asm__(".text\n"
        ".p2align 4\n"
        ".hidden tgi_fiber_swap\n"
        ".globl tgi_fiber_swap\n"
        ".type tgi_fiber_swap,%function\n"
        "tgi_fiber_swap:\n"
        "    sub sp, sp, #160\n"
        "    stp x19, x20, [sp, #0]\n"
        "    stp x21, x22, [sp, #16]\n"
        "    stp x23, x24, [sp, #32]\n"
        "    stp x25, x26, [sp, #48]\n"
        "    stp x27, x28, [sp, #64]\n"
        "    stp x29, x30, [sp, #80]\n"
        "    stp d8, d9, [sp, #96]\n"
        "    stp d10, d11, [sp, #112]\n"
        "    stp d12, d13, [sp, #128]\n"
        "    stp d14, d15, [sp, #144]\n"
        "    mov x9, sp\n"
        "    str x9, [x0]\n"
        "    mov sp, x1\n"
        "    ldp x19, x20, [sp, #0]\n"
        "    ldp x21, x22, [sp, #16]\n"
        "    ldp x23, x24, [sp, #32]\n"
        "    ldp x25, x26, [sp, #48]\n"
        "    ldp x27, x28, [sp, #64]\n"
        "    ldp x29, x30, [sp, #80]\n"
        "    ldp d8, d9, [sp, #96]\n"
        "    ldp d10, d11, [sp, #112]\n"
        "    ldp d12, d13, [sp, #128]\n"
        "    ldp d14, d15, [sp, #144]\n"
        "    add sp, sp, #160\n"
        "    ret\n"
        ".size tgi_fiber_swap,.-tgi_fiber_swap\n"
        ".p2align 4\n"
        ".hidden tgi_fiber_enter\n"
        ".globl tgi_fiber_enter\n"
        ".type tgi_fiber_enter,%function\n"
        "tgi_fiber_enter:\n"
        "    mov x0, x20\n"
        "    mov x29, xzr\n"
        "    mov x30, xzr\n"
        "    blr x19\n"
        "    brk #1\n"
        ".size tgi_fiber_enter,.-tgi_fiber_enter\n");

static void *first_frame(char *top, void (*fn)(void *), void *arg)
{
    uint64_t *sp = (uint64_t *)(void *)top - SAVED_WORDS;
    memset(sp, 0, SAVED_WORDS * sizeof *sp);
    sp[0] = (uint64_t)(uintptr_t)fn;
    sp[1] = (uint64_t)(uintptr_t)arg;
    sp[11] = (uint64_t)(uintptr_t)tgi_fiber_enter;
    return sp;
}
#else
#error "fiber.c knows how to switch stacks on x86-64 and AArch64 only"
#endif

#if TGI_TSAN
// The sanitizer holds a signal back until the fiber that it came to next calls a function of the C
// library, and forgets it with that fiber. Any such function will do.
static void deliver_signals(void)
{
    time_t now;
    (void)time(&now);
}

// A new shadow, or none, in place of the old one. It is the current one for as long as the
// sanitizer makes or ends it, and no signal may come to it then.
static void renew_shadow(tgi_fiber *f, bool again)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    if (f->shadow != NULL)
        __tsan_destroy_fiber(f->shadow);
    f->shadow = again ? __tsan_create_fiber(0) : NULL;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}
#endif

bool tgi_fiber_adopt(tgi_fiber *f, bool threads)
{
    memset(f, 0, sizeof *f);
    if (threads)
        return (f->baton = tgi_baton_new(0)) != NULL;
#if TGI_TSAN
    f->shadow = __tsan_get_current_fiber();
#endif
    return true;
}

void tgi_fiber_disown(tgi_fiber *f)
{
    if (f->baton != NULL)
        tgi_baton_free(f->baton);
    memset(f, 0, sizeof *f);
}

bool tgi_fiber_map(tgi_fiber *f, size_t stack_bytes, bool threads)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    memset(f, 0, sizeof *f);
    if (threads)
        return (f->baton = tgi_baton_new(stack_bytes)) != NULL;
    f->bytes = ((stack_bytes + page - 1) & ~(page - 1)) + page;
    f->stack = tgi_os.map(f->bytes);
    if (f->stack == NULL)
        return false;
    if (mprotect(f->stack, page, PROT_NONE) != 0) {
        tgi_fiber_unmap(f);
        return false;
    }
    f->bottom = (char *)f->stack + page;
    f->usable = f->bytes - page;
    return true;
}

void tgi_fiber_settle(tgi_fiber *f)
{
    if (f->baton != NULL)
        tgi_baton_settle(f->baton);
}

void tgi_fiber_unmap(tgi_fiber *f)
{
    if (f->baton != NULL)
        tgi_baton_free(f->baton);
#if TGI_TSAN
    renew_shadow(f, false);
#endif
    if (f->stack != NULL)
        (void)tgi_os.unmap(f->stack, f->bytes);
    memset(f, 0, sizeof *f);
}

typedef struct start {
    void (*fn)(void *arg);
    void *arg;
} start;

#if FIBER_ASAN
static tgi_fiber *left; // what was switched away from last
#endif

// After a switch. The bounds of the OS thread's own stack are learnt from the first one away from
// it.
static void arrived(void *fake_stack)
{
#if FIBER_ASAN
    const void *bottom;
    size_t size;
    __sanitizer_finish_switch_fiber(fake_stack, &bottom, &size);
    if (left->stack == NULL) {
        left->bottom = bottom;
        left->usable = size;
    }
#else
    (void)fake_stack;
#endif
}

// The start record lies at the top of the stack, above the first frame.
static void begin(void *arg)
{
    start s = *(start *)arg;
    arrived(NULL);
    s.fn(s.arg);
}

void tgi_fiber_prepare(tgi_fiber *f, void (*fn)(void *arg), void *arg)
{
    if (f->baton != NULL) {
        tgi_baton_prepare(f->baton, fn, arg);
        return;
    }
    char *top = (char *)f->stack + f->bytes - 64;
    *(start *)(void *)top = (start){fn, arg};
    f->sp = first_frame(top, begin, top);
    f->fake_stack = NULL;
#if TGI_TSAN
    renew_shadow(f, true);
#endif
}

void tgi_fiber_switch(tgi_fiber *from, tgi_fiber *to, bool final)
{
    if (TGI_UNLIKELY(from->baton != NULL)) {
        tgi_baton_pass(from->baton, to->baton, final);
        return;
    }
#if FIBER_ASAN
    __sanitizer_start_switch_fiber(final ? NULL : &from->fake_stack, to->bottom, to->usable);
    left = from;
#endif
#if TGI_TSAN
    deliver_signals();
    __tsan_switch_to_fiber(to->shadow, 0);
#endif
    (void) final;
    tgi_fiber_swap(&from->sp, to->sp);
    arrived(from->fake_stack);
}
