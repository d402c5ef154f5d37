// SPDX-License-Identifier: MIT
//
// embed.c - a C program with scripts in it: the shortest tour of <togil/togil.h>.
//
// In reading order: a native function, a native class, a script that uses them, a call from C with
// values and results, an exception, a second host thread with a blocking region, the GIL on and
// off.
//
//     embed [mode]
#include <togil/togil.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// --- a function for scripts: host.add(a, b)

static tg_value host_add(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    int64_t a, b;
    (void)nargs, (void)kwnames; // the table below says 2 to 2, and no keywords
    if (tg_as_int64(t, args[0], &a) < 0 || tg_as_int64(t, args[1], &b) < 0)
        return TG_NULL; // TypeError or OverflowError is set
    return tg_int(t, a + b);
}

static const tg_function_def host_functions[] = {
    {"add", host_add, 2, 2, 0},
    {NULL, NULL, 0, 0, 0},
};

// --- a class for scripts: host.Counter(start), with the method step() and the attribute value

typedef struct counter {
    tg_lock lock; // instances may be shared between threads
    int64_t value;
} counter;

static const tg_class_def counter_class;

static int counter_init(tg_thread *t, tg_value self, void *data, const tg_value *args, size_t nargs,
                        tg_value kwnames)
{
    counter *c = data; // zeroed, so the lock is free
    (void)self, (void)kwnames;
    if (nargs != 1) {
        tg_raise(t, TG_TypeError, "Counter() takes exactly one argument (%zu given)", nargs);
        return -1;
    }
    return tg_as_int64(t, args[0], &c->value);
}

static tg_value counter_step(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    counter *c = tg_data(t, args[0], &counter_class);
    (void)nargs, (void)kwnames;
    if (c == NULL || tg_lock_acquire(t, &c->lock, -1) != TG_OK)
        return TG_NULL;
    int64_t now = ++c->value;
    tg_lock_release(t, &c->lock);
    return tg_int(t, now);
}

static tg_value counter_value(tg_thread *t, tg_value self)
{
    counter *c = tg_data(t, self, &counter_class);
    if (c == NULL || tg_lock_acquire(t, &c->lock, -1) != TG_OK)
        return TG_NULL;
    int64_t now = c->value;
    tg_lock_release(t, &c->lock);
    return tg_int(t, now);
}

static const tg_function_def counter_methods[] = {
    {"step", counter_step, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};
static const tg_attribute_def counter_attributes[] = {
    {"value", counter_value, NULL},
    {NULL, NULL, NULL},
};
static const tg_class_def counter_class = {
    .name = "Counter",
    .module = "host",
    .data_bytes = sizeof(counter),
    .methods = counter_methods,
    .attributes = counter_attributes,
    .init = counter_init,
};

// --- the module that holds both

static int host_init(tg_thread *t, tg_value module)
{
    if (tg_module_add_functions(t, module, host_functions) < 0)
        return -1;
    return tg_module_add(t, module, "Counter", tg_class(t, &counter_class));
}

static const tg_module_def host_module = {"host", host_init};

// --- the script

static const char script[] = "import host\n"
                             "\n"
                             "counter = host.Counter(10)\n"
                             "\n"
                             "def greet(name, times):\n"
                             "    return [f'hello {name} {i}' for i in range(times)]\n"
                             "\n"
                             "def work(n):\n"
                             "    for _ in range(n):\n"
                             "        counter.step()\n"
                             "    return counter.value\n"
                             "\n"
                             "def fail():\n"
                             "    return {}['absent']\n"
                             "\n"
                             "print('script: 2 + 3 =', host.add(2, 3))\n";

static void die(const char *what)
{
    fprintf(stderr, "embed: %s\n", what);
    exit(1);
}

// An exception that C did not expect ends this program.
static tg_value check(tg_thread *t, tg_value v)
{
    if (v == TG_NULL)
        exit(tg_report_exception(t, tg_error_fetch(t)));
    return v;
}

static void call_with_values(tg_thread *t, tg_value module)
{
    tg_value greet = check(t, tg_getattr(t, module, "greet"));
    tg_value args[2] = {check(t, tg_str_c(t, "world")), tg_int(t, 3)};
    tg_value list = check(t, tg_call(t, greet, args, 2));
    for (size_t i = 0; i < tg_list_size(t, list); i++) {
        tg_value item = check(t, tg_list_get(t, list, i));
        printf("greet: %s\n", tg_as_utf8(t, item, NULL));
        tg_release(t, item);
    }
    tg_release(t, list);
    tg_release(t, args[0]);
    tg_release(t, greet);
}

static void read_an_error(tg_thread *t, tg_value module)
{
    tg_value fail = check(t, tg_getattr(t, module, "fail"));
    tg_value result = tg_call(t, fail, NULL, 0);
    tg_release(t, fail);
    if (result != TG_NULL)
        die("fail() did not fail");
    printf("error: KeyError is set: %s\n", tg_error_is(t, TG_KeyError) ? "yes" : "no");
    tg_value exc = tg_error_fetch(t); // takes it off the thread
    tg_value text = check(t, tg_error_format(t, exc));
    fputs(tg_as_utf8(t, text, NULL), stdout);
    tg_release(t, text);
    tg_release(t, exc);
}

// --- a thread of the host that enters the runtime

typedef struct job {
    tg_runtime *rt;
    int64_t result;
} job;

static void *host_thread(void *arg)
{
    job *j = arg;
    tg_thread *t;
    if (tg_thread_enter(j->rt, &t) != TG_OK)
        die("the second thread cannot enter");
    struct timespec pause = {0, 1000000};
    TG_BEGIN_BLOCKING(t) // other threads run meanwhile, with or without a GIL
    nanosleep(&pause, NULL);
    TG_END_BLOCKING(t)
    tg_value main_module = check(t, tg_import(t, "__main__"));
    tg_value n = tg_int(t, 1000);
    tg_value value = check(t, tg_call_method(t, main_module, "work", &n, 1));
    if (tg_as_int64(t, value, &j->result) < 0)
        die("work() gave no int");
    tg_release(t, value);
    tg_release(t, main_module);
    tg_thread_leave(t);
    return NULL;
}

static void share_with_a_host_thread(tg_thread *t, tg_value module)
{
    job j = {tg_thread_runtime(t), 0};
    pthread_t thread;
    if (pthread_create(&thread, NULL, host_thread, &j) != 0)
        die("no second thread");
    tg_value n = tg_int(t, 1000);
    tg_release(t, check(t, tg_call_method(t, module, "work", &n, 1)));
    TG_BEGIN_BLOCKING(t) // joining waits, so not while attached
    pthread_join(thread, NULL);
    TG_END_BLOCKING(t)
    tg_value value = check(t, tg_eval(t, "counter.value", module));
    int64_t total = 0;
    if (tg_as_int64(t, value, &total) < 0)
        die("counter.value is no int");
    tg_release(t, value);
    printf("threads: counter went from 10 to %lld\n", (long long)total);
}

// --- the GIL

static void toggle_the_gil(tg_thread *t)
{
    const tg_mode *mode = tg_runtime_mode(tg_thread_runtime(t));
    bool before = tg_gil_enabled(t);
    tg_status st = tg_gil_enable(t);
    if (st == TG_OK) {
        printf("gil: %s before, %s inside, ", before ? "on" : "off",
               tg_gil_enabled(t) ? "on" : "off");
        st = tg_gil_disable(t);
        printf("%s after\n", tg_gil_enabled(t) ? "on" : "off");
    } else {
        printf("gil: always on, it cannot be switched\n");
    }
    if (st == TG_ERR_UNSUPPORTED && mode->switchable)
        die("a switchable GIL could not be switched");
}

int main(int argc, char **argv)
{
    tg_config config = {.mode = argc > 1 ? argv[1] : "nogil"};
    tg_runtime *rt;
    tg_thread *t;
    tg_status st = tg_runtime_create(&config, &rt, &t);
    if (st != TG_OK)
        die(st == TG_ERR_ARG           ? "no such mode"
            : st == TG_ERR_UNSUPPORTED ? "this build lacks the mode"
                                       : "the runtime cannot start");
    if (tg_register_module(rt, &host_module) != TG_OK)
        die("out of memory");
    printf("mode: %s\n", tg_runtime_mode(rt)->name);
    fflush(stdout); // print() of scripts has a buffer of its own
    tg_value module = check(t, tg_run(t, script, strlen(script), "embedded.py", NULL));
    tg_flush(t, 1);
    call_with_values(t, module);
    read_an_error(t, module);
    share_with_a_host_thread(t, module);
    toggle_the_gil(t);
    tg_release(t, module);
    tg_runtime_destroy(rt, t);
    return 0;
}
