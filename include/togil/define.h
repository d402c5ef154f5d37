// SPDX-License-Identifier: MIT
//
// define.h - functions, classes and modules written in C.
#ifndef TOGIL_DEFINE_H
#define TOGIL_DEFINE_H

#include <togil/object.h>

#ifdef __cplusplus
extern "C" {
#endif

// args are borrowed; nargs counts positional and keyword values; kwnames is a tuple naming the last
// of them, or TG_NULL. For a method args[0] is self, for TG_FN_CLASS the class.
typedef tg_value (*tg_native)(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames);

enum {
    TG_FN_KW = 1,    // takes keyword arguments (and checks its own argument count)
    TG_FN_CLASS = 2, // class method
    TG_FN_STATIC = 4 // static method
};

typedef struct tg_function_def {
    const char *name;
    tg_native fn;
    int16_t min, max; // arguments after self; max < 0: no limit
    uint32_t flags;
} tg_function_def;

typedef struct tg_attribute_def { // a computed attribute
    const char *name;
    tg_value (*get)(tg_thread *t, tg_value self);
    // v TG_NULL deletes; NULL function: read-only
    int (*set)(tg_thread *t, tg_value self, tg_value v);
} tg_attribute_def;

// A class whose instances carry `data_bytes` of C data, zeroed when made. Scripts may subclass it.
// The definition must live as long as the runtime. Function pointers may be NULL.
typedef struct tg_class_def {
    const char *name;
    const char *module;
    size_t data_bytes;
    const tg_function_def *methods;     // ended by a NULL name
    const tg_attribute_def *attributes; // ended by a NULL name
    // Arguments of the call Class(...). 0 or -1.
    int (*init)(tg_thread *t, tg_value self, void *data, const tg_value *args, size_t nargs,
                tg_value kwnames);
    // The object is dead: release what data holds. Runs on any thread.
    void (*finalize)(tg_thread *t, void *data);
    // Report every value data holds, for the collector. No other calls.
    void (*traverse)(void *data, void (*visit)(tg_value v, void *arg), void *arg);
    tg_value (*repr)(tg_thread *t, tg_value self, void *data);
    tg_value (*call)(tg_thread *t, tg_value self, void *data, const tg_value *args, size_t nargs,
                     tg_value kwnames);
    tg_value (*iter)(tg_thread *t, tg_value self, void *data);
    // TG_NULL without exception at the end
    tg_value (*next)(tg_thread *t, tg_value self, void *data);
    // Attribute access instead of the ordinary one. get: 1 with *out, 0 go on as usual, -1. set: 1
    // done, 0 go on, -1.
    int (*getattr)(tg_thread *t, tg_value self, void *data, tg_value name, tg_value *out);
    // x TG_NULL deletes
    int (*setattr)(tg_thread *t, tg_value self, void *data, tg_value name, tg_value x);
} tg_class_def;

TG_API tg_value tg_function(tg_thread *t, const tg_function_def *def, const char *module);
TG_API tg_value tg_class(tg_thread *t, const tg_class_def *def);
// The data of an instance of the class or a subclass; NULL with TypeError if it is none.
TG_API void *tg_data(tg_thread *t, tg_value self, const tg_class_def *def);
// A new instance, init not called.
TG_API tg_value tg_instance(tg_thread *t, tg_value cls, void **data);

// A module that `import name` finds in the runtime. init fills it: 0, or -1 raised. Definitions
// must live as long as the runtime; register before the first import of it.
typedef struct tg_module_def {
    const char *name;
    int (*init)(tg_thread *t, tg_value module);
} tg_module_def;
TG_API tg_status tg_register_module(tg_runtime *rt, const tg_module_def *def);
// v is taken, also on failure
TG_API int tg_module_add(tg_thread *t, tg_value module, const char *name, tg_value v);
TG_API int tg_module_add_functions(tg_thread *t, tg_value module, const tg_function_def *functions);
// One pointer per interpreter and module definition, for the module's own state.
TG_API void *tg_module_state(tg_thread *t, const tg_module_def *def);
TG_API void tg_module_set_state(tg_thread *t, const tg_module_def *def, void *state,
                                void (*free_)(tg_thread *t, void *state));

// Keyword arguments by name: names is NULL-terminated; out[i] is borrowed, or TG_NULL if not given.
// The first `required` must be. 0, or -1 with TypeError.
TG_API int tg_parse_args(tg_thread *t, const char *function, const char *const *names,
                         size_t required, const tg_value *args, size_t nargs, tg_value kwnames,
                         tg_value *out);

// A dict of the calling thread for thread-local data, released when the thread ends.
TG_API tg_value tg_thread_dict(tg_thread *t); // new reference

// --- running scripts
TG_API tg_value tg_import(tg_thread *t, const char *name);
// Runs source as module `module` ("__main__" if NULL) and returns it. filename is for messages.
TG_API tg_value tg_run(tg_thread *t, const char *source, size_t n, const char *filename,
                       const char *module);
// as __main__; OSError, SyntaxError, ...
TG_API tg_value tg_run_file(tg_thread *t, const char *path);
// module TG_NULL: __main__
TG_API tg_value tg_eval(tg_thread *t, const char *expression, tg_value module);
// What `togil dis` prints; a str.
TG_API tg_value tg_disassemble(tg_thread *t, const char *source, size_t n, const char *filename);
// Prints an uncaught exception to stderr as the command does (runs sys.excepthook) and gives the
// exit code: 1, or that of SystemExit.
TG_API int tg_report_exception(tg_thread *t, tg_value exc_steal);
// What the module sys shows: sys.modules (dict), sys.path (list), sys.excepthook (callable or
// None).
typedef enum tg_runtime_value_id {
    TG_VALUE_MODULES,
    TG_VALUE_PATH,
    TG_VALUE_EXCEPTHOOK
} tg_runtime_value_id;
TG_API tg_value tg_runtime_value(tg_thread *t, tg_runtime_value_id which);
TG_API int tg_set_runtime_value(tg_thread *t, tg_runtime_value_id which, tg_value v);
// Depth of script calls; set > 0 changes it for the thread and for threads to come. The limit in
// force.
TG_API int64_t tg_recursion_limit(tg_thread *t, int64_t set);
TG_API tg_value tg_intern(tg_thread *t, tg_value s);
// Bytes of its block, and of the arrays and tables it keeps beside it. 8 for what has no block.
TG_API int64_t tg_sizeof(tg_thread *t, tg_value v);

// Output streams of the runtime: 1 stdout, 2 stderr. 0, or -1 raised.
TG_API int tg_write(tg_thread *t, int stream, const char *text, size_t n);
TG_API int tg_flush(tg_thread *t, int stream);

#ifdef __cplusplus
}
#endif

#endif
