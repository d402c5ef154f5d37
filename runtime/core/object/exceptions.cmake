# SPDX-License-Identifier: MIT
#
# Exceptions, constants, descriptors, and the builtins about values, text output and files.
list(APPEND TOGIL_CORE_SOURCES
    object/constants.c
    object/error.c
    object/exception.c
    object/exception_os.c
    object/exception_types.c
    object/property.c
    object/super.c
    object/traceback.c
    builtin/builtins_core.c
    builtin/file.c
    builtin/file_type.c
    builtin/print.c)
