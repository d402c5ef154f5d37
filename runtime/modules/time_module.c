// SPDX-License-Identifier: MIT
//
// time_module.c - the module time: clocks, sleep, calendar.
//
// Threads     the C functions used are the reentrant ones; the module keeps no state but its class
//             struct_time.
#include "modules/modules.h"
#include "modules/support.h"

#include <errno.h>
#include <math.h>   // floor
#include <stdlib.h> // calloc
#include <string.h>
#include <pthread.h>
#include <time.h>

static const char fields[] =
    "tm_year tm_mon tm_mday tm_hour tm_min tm_sec tm_wday tm_yday tm_isdst";
enum { FIELDS = 9 };

typedef struct state {
    tg_value struct_time; // const after init
} state;

// The clocks that a scheduler under test may stand for are those of real time.
static int read_clock(tg_thread *t, clockid_t clock, struct timespec *now)
{
    int64_t ns;
    bool real = clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
    if (!real || !tg_stress_time(t, &ns))
        return clock_gettime(clock, now);
    *now = (struct timespec){.tv_sec = ns / TGI_NS_PER_S, .tv_nsec = ns % TGI_NS_PER_S};
    return 0;
}

static tg_value clock_float(tg_thread *t, clockid_t clock)
{
    struct timespec now;
    if (read_clock(t, clock, &now) < 0)
        return tg_raise_os(t, errno, NULL);
    return tg_float(t, (double)now.tv_sec + (double)now.tv_nsec * 1e-9);
}

static tg_value clock_int(tg_thread *t, clockid_t clock)
{
    struct timespec now;
    if (read_clock(t, clock, &now) < 0)
        return tg_raise_os(t, errno, NULL);
    return tg_int(t, now.tv_sec * TGI_NS_PER_S + now.tv_nsec);
}

TGI_NATIVE(time_time)
{
    return clock_float(t, CLOCK_REALTIME);
}

TGI_NATIVE(time_time_ns)
{
    return clock_int(t, CLOCK_REALTIME);
}

TGI_NATIVE(time_monotonic)
{
    return clock_float(t, CLOCK_MONOTONIC);
}

TGI_NATIVE(time_monotonic_ns)
{
    return clock_int(t, CLOCK_MONOTONIC);
}

TGI_NATIVE(time_process_time)
{
    return clock_float(t, CLOCK_PROCESS_CPUTIME_ID);
}

TGI_NATIVE(time_process_time_ns)
{
    return clock_int(t, CLOCK_PROCESS_CPUTIME_ID);
}

TGI_NATIVE(time_thread_time)
{
    return clock_float(t, CLOCK_THREAD_CPUTIME_ID);
}

TGI_NATIVE(time_thread_time_ns)
{
    return clock_int(t, CLOCK_THREAD_CPUTIME_ID);
}

TGI_NATIVE(time_sleep)
{
    int64_t ns;
    if (tgi_seconds(t, args[0], &ns) < 0)
        return TG_NULL;
    if (ns < 0)
        return tg_raise(t, TG_ValueError, "sleep length must be non-negative");
    return tg_sleep(t, ns) == TG_OK ? TG_NONE : TG_NULL;
}

// --- calendar

// The seconds of an optional argument, else now. 0 or -1.
static int when(tg_thread *t, const tg_value *args, size_t nargs, time_t *out)
{
    if (nargs == 0 || args[0] == TG_NONE) {
        *out = time(NULL);
        return 0;
    }
    int64_t s;
    if (tg_kind_of(t, args[0]) == TG_KIND_FLOAT) {
        double d;
        if (tg_as_double(t, args[0], &d) < 0)
            return -1;
        d = floor(d);
        if (!(d > -9.2233720368547e18 && d < 9.2233720368547e18)) {
            tg_raise(t, TG_OverflowError, "timestamp out of range for platform time_t");
            return -1;
        }
        s = (int64_t)d;
    } else if (tg_as_int64(t, args[0], &s) < 0) {
        return -1;
    }
    *out = (time_t)s;
    return 0;
}

static tg_value as_record(tg_thread *t, const struct tm *tm)
{
    state *s = tg_module_state(t, &tgi_module_time);
    const int parts[FIELDS] = {tm->tm_year + 1900,    tm->tm_mon + 1,  tm->tm_mday,
                               tm->tm_hour,           tm->tm_min,      tm->tm_sec,
                               (tm->tm_wday + 6) % 7, tm->tm_yday + 1, tm->tm_isdst};
    tg_value values[FIELDS];
    for (size_t i = 0; i < FIELDS; i++)
        values[i] = tg_int(t, parts[i]);
    return tgi_record(t, s->struct_time, values, FIELDS);
}

TGI_NATIVE(time_gmtime)
{
    time_t s;
    struct tm tm;
    if (when(t, args, nargs, &s) < 0)
        return TG_NULL;
    if (gmtime_r(&s, &tm) == NULL)
        return tg_raise_os(t, errno, NULL);
    return as_record(t, &tm);
}

TGI_NATIVE(time_localtime)
{
    time_t s;
    struct tm tm;
    if (when(t, args, nargs, &s) < 0)
        return TG_NULL;
    if (localtime_r(&s, &tm) == NULL)
        return tg_raise_os(t, errno, NULL);
    return as_record(t, &tm);
}

// A tuple of nine as a struct tm. 0 or -1.
static int as_tm(tg_thread *t, const char *function, tg_value v, struct tm *tm)
{
    int64_t parts[FIELDS];
    if (tg_kind_of(t, v) != TG_KIND_TUPLE) {
        tg_raise(t, TG_TypeError, "Tuple or struct_time argument required");
        return -1;
    }
    if (tg_tuple_size(t, v) != FIELDS) {
        tg_raise(t, TG_TypeError, "%s(): illegal time tuple argument", function);
        return -1;
    }
    for (size_t i = 0; i < FIELDS; i++) {
        tg_value item = tg_tuple_get(t, v, i);
        int st = item == TG_NULL ? -1 : tg_as_int64(t, item, &parts[i]);
        tg_release(t, item);
        if (st < 0)
            return -1;
        if (parts[i] < -1000000000 || parts[i] > 1000000000) {
            tg_raise(t, TG_OverflowError, "signed integer is greater than maximum");
            return -1;
        }
    }
    memset(tm, 0, sizeof *tm);
    tm->tm_year = (int)parts[0] - 1900;
    tm->tm_mon = (int)parts[1] - 1;
    tm->tm_mday = (int)parts[2];
    tm->tm_hour = (int)parts[3];
    tm->tm_min = (int)parts[4];
    tm->tm_sec = (int)parts[5];
    tm->tm_wday = (int)(parts[6] + 1) % 7;
    tm->tm_yday = (int)parts[7] - 1;
    tm->tm_isdst = (int)parts[8];
    return 0;
}

// The same for values that are printed, where a wrong field would read outside of a table of names.
static int as_checked_tm(tg_thread *t, const char *function, tg_value v, struct tm *tm)
{
    if (as_tm(t, function, v, tm) < 0)
        return -1;
    if (tm->tm_mon == -1)
        tm->tm_mon = 0;
    if (tm->tm_mday == 0)
        tm->tm_mday = 1;
    if (tm->tm_yday == -1)
        tm->tm_yday = 0;
    const char *wrong = tm->tm_mon < 0 || tm->tm_mon > 11      ? "month out of range"
                        : tm->tm_mday < 0 || tm->tm_mday > 31  ? "day of month out of range"
                        : tm->tm_hour < 0 || tm->tm_hour > 23  ? "hour out of range"
                        : tm->tm_min < 0 || tm->tm_min > 59    ? "minute out of range"
                        : tm->tm_sec < 0 || tm->tm_sec > 61    ? "seconds out of range"
                        : tm->tm_wday < 0                      ? "day of week out of range"
                        : tm->tm_yday < 0 || tm->tm_yday > 365 ? "day of year out of range"
                                                               : NULL;
    if (wrong == NULL)
        return 0;
    tg_raise(t, TG_ValueError, "%s", wrong);
    return -1;
}

TGI_NATIVE(time_mktime)
{
    struct tm tm;
    if (as_tm(t, "mktime", args[0], &tm) < 0)
        return TG_NULL;
    tm.tm_wday = -1; // stays so only if the call fails
    time_t s = mktime(&tm);
    if (s == (time_t)-1 && tm.tm_wday == -1)
        return tg_raise(t, TG_OverflowError, "mktime argument out of range");
    return tg_float(t, (double)s);
}

// args[at] as a time to print, else now.
static int given_or_now(tg_thread *t, const char *function, const tg_value *args, size_t nargs,
                        size_t at, struct tm *tm)
{
    if (at < nargs)
        return as_checked_tm(t, function, args[at], tm);
    time_t now = time(NULL);
    localtime_r(&now, tm);
    return 0;
}

TGI_NATIVE(time_strftime)
{
    struct tm tm;
    size_t n;
    const char *format = tg_as_utf8(t, args[0], &n);
    if (format == NULL || given_or_now(t, "strftime", args, nargs, 1, &tm) < 0)
        return TG_NULL;
    if (memchr(format, '\0', n) != NULL)
        return tg_raise(t, TG_ValueError, "embedded null character");
    if (n == 0)
        return tg_str(t, "", 0);
    char text[4096];
    size_t written = strftime(text, sizeof text, format, &tm);
    if (written == 0 && n > sizeof text / 64)
        return tg_raise(t, TG_ValueError, "format string is too long");
    return tg_str(t, text, written);
}

static tg_value unix_text(tg_thread *t, const struct tm *tm)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return tg_str_format(t, "%s %s%3d %.2d:%.2d:%.2d %d", days[tm->tm_wday % 7],
                         months[tm->tm_mon % 12], tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec,
                         tm->tm_year + 1900);
}

TGI_NATIVE(time_asctime)
{
    struct tm tm;
    return given_or_now(t, "asctime", args, nargs, 0, &tm) < 0 ? TG_NULL : unix_text(t, &tm);
}

TGI_NATIVE(time_ctime)
{
    time_t s;
    struct tm tm;
    if (when(t, args, nargs, &s) < 0)
        return TG_NULL;
    if (localtime_r(&s, &tm) == NULL)
        return tg_raise_os(t, errno, NULL);
    return unix_text(t, &tm);
}

static const tg_function_def functions[] = {
    TGI_FN("time", time_time, 0, 0),
    TGI_FN("time_ns", time_time_ns, 0, 0),
    TGI_FN("monotonic", time_monotonic, 0, 0),
    TGI_FN("monotonic_ns", time_monotonic_ns, 0, 0),
    TGI_FN("perf_counter", time_monotonic, 0, 0),
    TGI_FN("perf_counter_ns", time_monotonic_ns, 0, 0),
    TGI_FN("process_time", time_process_time, 0, 0),
    TGI_FN("process_time_ns", time_process_time_ns, 0, 0),
    TGI_FN("thread_time", time_thread_time, 0, 0),
    TGI_FN("thread_time_ns", time_thread_time_ns, 0, 0),
    TGI_FN("sleep", time_sleep, 1, 1),
    TGI_FN("gmtime", time_gmtime, 0, 1),
    TGI_FN("localtime", time_localtime, 0, 1),
    TGI_FN("mktime", time_mktime, 1, 1),
    TGI_FN("strftime", time_strftime, 1, 2),
    TGI_FN("asctime", time_asctime, 0, 1),
    TGI_FN("ctime", time_ctime, 0, 1),
    TGI_FN_END,
};

static int add_zone(tg_thread *t, tg_value module)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT; // runtimes may start at the same time
    (void)pthread_once(&once, tzset);
    tg_value names[2] = {tg_str_c(t, tzname[0]), tg_str_c(t, tzname[1])};
    tg_value pair = names[0] != TG_NULL && names[1] != TG_NULL ? tg_tuple(t, names, 2) : TG_NULL;
    tg_release(t, names[0]);
    tg_release(t, names[1]);
    if (pair == TG_NULL || tg_module_add(t, module, "tzname", pair) < 0)
        return -1;
    return tgi_add_int(t, module, "timezone", timezone) < 0 ||
                   tgi_add_int(t, module, "daylight", daylight) < 0
               ? -1
               : 0;
}

static void free_state(tg_thread *t, void *p)
{
    state *s = p;
    tg_release(t, s->struct_time);
    free(s);
}

// The state outlives the module object: a second import finds it.
static state *make_state(tg_thread *t)
{
    state *s = tg_module_state(t, &tgi_module_time);
    if (s != NULL)
        return s;
    s = calloc(1, sizeof *s);
    if (s == NULL) {
        tg_raise_nomem(t);
        return NULL;
    }
    s->struct_time = tgi_record_class(t, "time.struct_time", fields);
    if (s->struct_time == TG_NULL) {
        free(s);
        return NULL;
    }
    tg_module_set_state(t, &tgi_module_time, s, free_state);
    return s;
}

static int init(tg_thread *t, tg_value module)
{
    state *s = make_state(t);
    if (s == NULL)
        return -1;
    if (tg_module_add(t, module, "struct_time", tg_retain(t, s->struct_time)) < 0)
        return -1;
    return add_zone(t, module) < 0 ? -1 : tg_module_add_functions(t, module, functions);
}

const tg_module_def tgi_module_time = {"time", init};
