# SPDX-License-Identifier: MIT
#
# A build with one planted bug, for the tests of the tests (docs/mutants.md).
#
#   -DTOGIL_MUTANT=name   the source file that the mutant names is copied into the build tree with
#                         the bug planted, and compiled instead of the original
#
# A bug in a C file is in everything that links the file. A bug in a header is in the unit tests
# and in core/policy and core/object/object.c; that is enough for the tests that look for it.
# Configuring fails if the text to be replaced does not occur exactly once.
set(TOGIL_MUTANT "" CACHE STRING
    "The planted bug to compile in, a name of tests/mutants/run.py --list; empty for none.")

set(togil_mutant_file "")    # the original
set(togil_mutant_copy "")    # what is compiled instead, if it is a C file
set(togil_mutant_include "") # a folder to look in first, if it is a header
if(TOGIL_MUTANT)
    find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
    set(plant "${PROJECT_SOURCE_DIR}/tests/mutants/plant.py")
    # A folder for each: a compiler cache takes the same search path for the same headers.
    set(togil_mutant_folder "${PROJECT_BINARY_DIR}/mutant/${TOGIL_MUTANT}")
    execute_process(
        COMMAND "${Python3_EXECUTABLE}" -B "${plant}" "${TOGIL_MUTANT}"
            --out "${togil_mutant_folder}"
        OUTPUT_VARIABLE planted OUTPUT_STRIP_TRAILING_WHITESPACE
        RESULT_VARIABLE failed)
    if(failed)
        message(FATAL_ERROR "TOGIL_MUTANT=${TOGIL_MUTANT} could not be planted")
    endif()
    list(GET planted 0 togil_mutant_file)
    list(GET planted 1 togil_mutant_copy)
    if(togil_mutant_file MATCHES "\\.h$")
        set(togil_mutant_include "${togil_mutant_folder}")
        set(togil_mutant_copy "")
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${togil_mutant_file}")
    message(WARNING "this build contains the planted bug ${TOGIL_MUTANT}")
endif()

# togil_plant(<list>): replaces the mutated file in a list of sources of the current folder.
function(togil_plant list)
    set(sources "")
    foreach(source IN LISTS ${list})
        cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
            NORMALIZE OUTPUT_VARIABLE absolute)
        if(togil_mutant_copy AND absolute STREQUAL togil_mutant_file)
            set(source "${togil_mutant_copy}")
            set_source_files_properties("${source}" PROPERTIES COMPILE_OPTIONS "-Wno-error")
        elseif(togil_mutant_include AND absolute MATCHES "/(policy/[a-z]+|object/object)\\.c$")
            set_source_files_properties("${absolute}" PROPERTIES
                COMPILE_OPTIONS "-Wno-error;-iquote;${togil_mutant_include}")
        endif()
        list(APPEND sources "${source}")
    endforeach()
    set(${list} "${sources}" PARENT_SCOPE)
endfunction()

# togil_plant_header(<target>): lets a target see the mutated header.
function(togil_plant_header target)
    if(togil_mutant_include)
        target_compile_options(${target} PRIVATE -Wno-error)
        target_include_directories(${target} BEFORE PRIVATE "${togil_mutant_include}")
    endif()
endfunction()
