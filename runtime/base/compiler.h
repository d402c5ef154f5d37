// SPDX-License-Identifier: MIT
//
// compiler.h - what we ask of the compiler, by name. Layer base, header only.
//
// gcc and clang both provide everything used here; the names say the intent.
#ifndef TGI_BASE_COMPILER_H
#define TGI_BASE_COMPILER_H

#include <stddef.h> // offsetof, for TGI_CONTAINER_OF

#define TGI_NOINLINE                 __attribute__((noinline))
#define TGI_COLD                     __attribute__((noinline, cold))
#define TGI_NORETURN                 __attribute__((noreturn))
#define TGI_UNUSED                   __attribute__((unused))
#define TGI_PRINTF(format_at, first) __attribute__((format(printf, format_at, first)))

#define TGI_LIKELY(x)   __builtin_expect(!!(x), 1)
#define TGI_UNLIKELY(x) __builtin_expect(!!(x), 0)

// Two fields written by different threads live at least this far apart.
#define TGI_CACHE_LINE   64
#define TGI_ALIGNED_LINE __attribute__((aligned(TGI_CACHE_LINE)))

// The structure of type T whose field `field` is at p.
#define TGI_CONTAINER_OF(p, T, field) ((T *)(void *)((char *)(p)-offsetof(T, field)))

#define TGI_ARRAY_LENGTH(a) (sizeof(a) / sizeof((a)[0]))

#if defined(__SANITIZE_THREAD__)
#define TGI_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TGI_TSAN 1
#endif
#endif
#ifndef TGI_TSAN
#define TGI_TSAN 0
#endif

// Tells the processor that this is a spin loop: saves power and leaves the pipeline to the
// sibling hardware thread.
static inline void tgi_cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
    __asm__ __volatile__("yield");
#endif
}

#endif
