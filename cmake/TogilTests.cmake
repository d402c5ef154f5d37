# SPDX-License-Identifier: MIT
#
# Unit tests: one executable per test file, linked with the layer it tests and the layers below.
#
#   togil_unit_test(sync test_event.c)   ctest unit.sync.event, label sync
#   togil_unit_test(core test_list.c)    ctest unit.core.list.classic, .atomic, .biased: compiled
#                                        once per core, with the same defines as the core itself
#   Options: LABELS <more>... · TIMEOUT <seconds, default 120> · SOURCES <more files>...

set(TOGIL_LAYERS_BELOW_base base)
set(TOGIL_LAYERS_BELOW_sync base sync)
set(TOGIL_LAYERS_BELOW_mem base sync mem)
set(TOGIL_LAYERS_BELOW_thread base sync mem thread)
set(TOGIL_LAYERS_BELOW_bytecode base sync mem thread bytecode)
set(TOGIL_LAYERS_BELOW_lang base sync mem thread bytecode lang)
set(TOGIL_LAYERS_BELOW_stress base sync mem thread stress)
set(TOGIL_LAYERS_BELOW_core base sync mem thread stress bytecode)
set(TOGIL_LAYERS_BELOW_cli base)

function(togil_unit_test layer file)
    cmake_parse_arguments(arg "" "TIMEOUT" "LABELS;SOURCES" ${ARGN})
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "togil_unit_test(${layer} ${file}): ${arg_UNPARSED_ARGUMENTS}?")
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    cmake_path(GET file STEM stem)
    string(REGEX REPLACE "^test_" "" stem "${stem}")

    togil_plant(arg_SOURCES)
    if(layer STREQUAL "core")
        set(variants ${TOGIL_CORES})
    else()
        set(variants plain)
    endif()
    foreach(variant IN LISTS variants)
        set(name unit.${layer}.${stem})
        set(libraries "")
        if(DEFINED TOGIL_LAYERS_BELOW_${layer})
            foreach(below IN LISTS TOGIL_LAYERS_BELOW_${layer})
                if(TARGET togil_${below})
                    list(APPEND libraries togil_${below})
                endif()
            endforeach()
        else()
            get_property(libraries GLOBAL PROPERTY TOGIL_LAYER_TARGETS)
        endif()
        if(layer STREQUAL "core")
            string(APPEND name .${variant})
            list(APPEND libraries togil_core_${variant})
        endif()

        add_executable(${name} ${file} ${arg_SOURCES})
        target_link_libraries(${name} PRIVATE
            togil_test_support ${libraries} togil_flags ${togil_private_libraries})
        togil_plant_header(${name})
        target_compile_definitions(${name} PRIVATE
            TG_TEST_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
        if(layer STREQUAL "core")
            string(TOUPPER "${variant}" upper)
            target_compile_definitions(${name} PRIVATE
                TG_POLICY=${variant} TG_POLICY_${upper}=1)
        endif()
        set_target_properties(${name} PROPERTIES
            TOGIL_IS_TEST ON
            RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests/bin")
        add_test(NAME ${name} COMMAND ${name})
        set_tests_properties(${name} PROPERTIES
            LABELS "${layer};unit;${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
    endforeach()
endfunction()
