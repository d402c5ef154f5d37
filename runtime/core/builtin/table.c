// SPDX-License-Identifier: MIT
//
// table.c - this core's table of entries.
#include "gate/gate.h"

#include "core/builtin/copy.h"        // copy_*
#include "core/builtin/host.h"        // host_*
#include "core/builtin/life.h"        // entries
#include "core/builtin/print.h"       // streams
#include "core/builtin/script.h"      // script_*
#include "core/builtin/start.h"       // start, clear
#include "core/builtin/census.h"      // live_types
#include "core/gc/gc.h"               // gc_*
#include "core/object/bytes.h"        // bytes_new
#include "core/object/class.h"        // call_ex
#include "core/object/dict.h"         // dict_*
#include "core/object/exception.h"    // exception_format
#include "core/object/float.h"        // float_new
#include "core/object/int.h"          // int_*
#include "core/object/list.h"         // list_*
#include "core/object/native_class.h" // native_*
#include "core/object/str.h"          // str_new
#include "core/object/tuple.h"        // tuple_*
#include "core/object/weakref.h"      // weak_list

#define TEXT_(x) #x
#define TEXT(x)  TEXT_(x)

const tgi_core tgc_core_table = {
    .counts = TEXT(TG_POLICY),
    .free_threaded = TGC_FREE_THREADED,
    .hooks = &tgc_hooks,
#define E(result, name, parameters) .name = tgc_##name,
#include "gate/entry.def"
#undef E
};
