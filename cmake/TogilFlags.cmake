# SPDX-License-Identifier: MIT
#
# togil_flags: every flag of a compile inside this project. It never leaves the build tree: the
# installed target carries the public include folder and the libraries, nothing else.

include(CheckCCompilerFlag)

add_library(togil_flags INTERFACE)
target_compile_features(togil_flags INTERFACE c_std_11)
target_include_directories(togil_flags INTERFACE
    "${PROJECT_SOURCE_DIR}/include"
    "${PROJECT_SOURCE_DIR}/runtime"
    "${PROJECT_BINARY_DIR}/generated")
target_compile_definitions(togil_flags INTERFACE
    _GNU_SOURCE
    TGI_ALLOC_MIMALLOC=$<STREQUAL:${TOGIL_ALLOC_USED},mimalloc>
    TGI_ALLOC_SYSTEM=$<STREQUAL:${TOGIL_ALLOC_USED},system>)
target_compile_options(togil_flags INTERFACE
    -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wpointer-arith -Wundef -Wvla
    # gcc guesses these at -O2 and above, and guesses wrong where a status says what is set; the
    # sanitizers look for the real ones.
    $<$<C_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
    $<$<C_COMPILER_ID:GNU>:-Wno-stringop-overflow>
    $<$<BOOL:${PROJECT_IS_TOP_LEVEL}>:-Werror>
    # An atomic without a named order does not pass; a test may count with one.
    $<$<AND:$<C_COMPILER_ID:Clang>,$<NOT:$<BOOL:$<TARGET_PROPERTY:TOGIL_IS_TEST>>>>:-Watomic-implicit-seq-cst>
    -fvisibility=hidden
    -ftls-model=initial-exec
    # Objects are reached through their header and through their own type.
    -fno-strict-aliasing)

if(TOGIL_SANITIZE)
    target_compile_options(togil_flags INTERFACE
        -fsanitize=${TOGIL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(togil_flags INTERFACE -fsanitize=${TOGIL_SANITIZE})
    if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND TOGIL_SANITIZE MATCHES "thread")
        # gcc says that it does not model fences; those are covered by the partner's RMW.
        target_compile_options(togil_flags INTERFACE -Wno-tsan)
    endif()
endif()
if(TOGIL_COVERAGE)
    target_compile_options(togil_flags INTERFACE --coverage)
    target_link_options(togil_flags INTERFACE --coverage)
endif()

# What was built, for `togil modes`, reports and the gate.
string(TOUPPER "${CMAKE_BUILD_TYPE}" togil_build_type)
string(STRIP "${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${togil_build_type}}" TOGIL_BUILD_FLAGS)
set(TOGIL_CORE_ENTRIES "")
set(TOGIL_CORE_DEFINES "")
foreach(policy IN ITEMS classic atomic biased)
    string(TOUPPER "${policy}" upper)
    if(policy IN_LIST TOGIL_CORES)
        string(APPEND TOGIL_CORE_DEFINES "#define TGI_HAVE_CORE_${upper} 1\n")
    else()
        string(APPEND TOGIL_CORE_DEFINES "#define TGI_HAVE_CORE_${upper} 0\n")
    endif()
endforeach()
foreach(policy IN LISTS TOGIL_CORES)
    string(APPEND TOGIL_CORE_ENTRIES " X(${policy})")
endforeach()
configure_file("${PROJECT_SOURCE_DIR}/cmake/build.h.in"
    "${PROJECT_BINARY_DIR}/generated/generated/build.h" @ONLY)
