# SPDX-License-Identifier: MIT
#
# What the library links: threads, libm, GMP, mimalloc. The command also links jansson.

find_package(Threads REQUIRED)
find_package(GMP REQUIRED)

if(NOT TOGIL_ALLOC MATCHES "^(mimalloc|system)$")
    message(FATAL_ERROR "TOGIL_ALLOC is '${TOGIL_ALLOC}'; it must be mimalloc or system")
endif()
set(TOGIL_ALLOC_USED ${TOGIL_ALLOC})
if(TOGIL_SANITIZE AND NOT TOGIL_SANITIZE STREQUAL "undefined")
    # The sanitizers must see every allocation, so their own malloc serves them all.
    set(TOGIL_ALLOC_USED system)
endif()
if(TOGIL_ALLOC_USED STREQUAL "mimalloc")
    # Asked for without a version: the package's version file accepts only its own major.
    find_package(mimalloc CONFIG REQUIRED)
    if(mimalloc_VERSION VERSION_LESS 2.0)
        message(FATAL_ERROR "mimalloc ${mimalloc_VERSION} is too old; 2.0 is needed")
    endif()
endif()

if(TOGIL_BUILD_CLI)
    find_package(Jansson REQUIRED)
endif()

# Imported targets are local to a folder; a parent project that links togil needs them too.
foreach(target IN ITEMS Threads::Threads GMP::GMP mimalloc)
    if(TARGET ${target})
        get_target_property(is_global ${target} IMPORTED_GLOBAL)
        if(NOT is_global)
            set_target_properties(${target} PROPERTIES IMPORTED_GLOBAL TRUE)
        endif()
    endif()
endforeach()
