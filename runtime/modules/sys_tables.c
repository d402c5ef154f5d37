// SPDX-License-Identifier: MIT
//
// sys_tables.c - versions and limits, as attributes of the module sys.
//
// The language version is the one whose behaviour the runtime follows: 3.11.
#include "modules/sys_tables.h"

#include "modules/support.h"

#include <float.h>
#include <limits.h>

#define HEX_VERSION 0x030b00f0

static tg_value version_of(tg_thread *t, tg_value cls)
{
    tg_value values[] = {tg_int(t, 3), tg_int(t, 11), tg_int(t, 0), tg_str_c(t, "final"),
                         tg_int(t, 0)};
    return tgi_record(t, cls, values, 5);
}

static int add_versions(tg_thread *t, tg_value module)
{
    tg_value cls = tgi_record_class(t, "sys.version_info", "major minor micro releaselevel serial");
    tg_value info = version_of(t, cls);
    tg_value implementation[] = {tg_str_c(t, "togil"), TG_NONE, version_of(t, cls),
                                 tg_int(t, HEX_VERSION)};
    tg_release(t, cls);
    if (info == TG_NULL || tg_module_add(t, module, "version_info", info) < 0) {
        (void)tgi_record(t, TG_NULL, implementation, 4); // takes the values
        return -1;
    }
    return tgi_add_record(t, module, "implementation", "sys.implementation",
                          "name cache_tag version hexversion", implementation, 4);
}

static int add_float_info(tg_thread *t, tg_value module)
{
    tg_value values[] = {tg_float(t, DBL_MAX),
                         tg_int(t, DBL_MAX_EXP),
                         tg_int(t, DBL_MAX_10_EXP),
                         tg_float(t, DBL_MIN),
                         tg_int(t, DBL_MIN_EXP),
                         tg_int(t, DBL_MIN_10_EXP),
                         tg_int(t, DBL_DIG),
                         tg_int(t, DBL_MANT_DIG),
                         tg_float(t, DBL_EPSILON),
                         tg_int(t, FLT_RADIX),
                         tg_int(t, 1)};
    return tgi_add_record(t, module, "float_info", "sys.float_info",
                          "max max_exp max_10_exp min min_exp min_10_exp dig mant_dig epsilon "
                          "radix rounds",
                          values, 11);
}

static int add_int_info(tg_thread *t, tg_value module)
{
    // The limbs of GMP.
    tg_value values[] = {tg_int(t, 64), tg_int(t, 8), tg_int(t, 4300), tg_int(t, 640)};
    return tgi_add_record(t, module, "int_info", "sys.int_info",
                          "bits_per_digit sizeof_digit default_max_str_digits "
                          "str_digits_check_threshold",
                          values, 4);
}

static int add_hash_info(tg_thread *t, tg_value module)
{
    tg_value values[] = {tg_int(t, 64), tg_int(t, (INT64_C(1) << 61) - 1), tg_int(t, 314159),
                         tg_int(t, 0)};
    return tgi_add_record(t, module, "hash_info", "sys.hash_info", "width modulus inf nan", values,
                          4);
}

static int add_thread_info(tg_thread *t, tg_value module)
{
    tg_value values[] = {tg_str_c(t, "pthread"), tg_str_c(t, "futex"), TG_NONE};
    return tgi_add_record(t, module, "thread_info", "sys.thread_info", "name lock version", values,
                          3);
}

static int add_flags(tg_thread *t, tg_value module)
{
    enum { FLAGS = 18 };
    tg_value values[FLAGS];
    for (size_t i = 0; i < FLAGS; i++)
        values[i] = tg_int(t, i == 11); // hash_randomization
    values[13] = TG_FALSE;              // dev_mode
    values[16] = TG_FALSE;              // safe_path
    values[17] = tg_int(t, 4300);       // int_max_str_digits
    return tgi_add_record(t, module, "flags", "sys.flags",
                          "debug inspect interactive optimize dont_write_bytecode no_user_site "
                          "no_site ignore_environment verbose bytes_warning quiet "
                          "hash_randomization isolated dev_mode utf8_mode warn_default_encoding "
                          "safe_path int_max_str_digits",
                          values, FLAGS);
}

int tgi_sys_add_tables(tg_thread *t, tg_value module)
{
    const char *byteorder = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? "little" : "big";
    if (tgi_add_str(t, module, "platform", "linux") < 0 ||
        tgi_add_str(t, module, "byteorder", byteorder) < 0 ||
        tgi_add_int(t, module, "maxsize", PTRDIFF_MAX) < 0 ||
        tgi_add_int(t, module, "maxunicode", 0x10ffff) < 0 ||
        tgi_add_int(t, module, "hexversion", HEX_VERSION) < 0 ||
        tg_module_add(t, module, "version", tg_str_format(t, "3.11.0 (togil %s)", tg_version())) <
            0)
        return -1;
    if (add_versions(t, module) < 0 || add_float_info(t, module) < 0 ||
        add_int_info(t, module) < 0 || add_hash_info(t, module) < 0 ||
        add_thread_info(t, module) < 0)
        return -1;
    return add_flags(t, module);
}
