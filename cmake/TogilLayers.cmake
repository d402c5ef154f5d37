# SPDX-License-Identifier: MIT
#
# How layers become a library. Each layer is an OBJECT library compiled once; runtime/core is one
# OBJECT library per policy. Every target registers itself in a global property in the order of
# layers, so that a unit test links its own layer and those below it, and nothing above.

define_property(GLOBAL PROPERTY TOGIL_LAYER_TARGETS BRIEF_DOCS "Object libraries of libtogil")

# togil_layer(<name> SOURCES <file>...): one object library togil_<name>, compiled once.
function(togil_layer name)
    cmake_parse_arguments(arg "" "" "SOURCES" ${ARGN})
    if(NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "togil_layer(${name} SOURCES ...): bad arguments")
    endif()
    set(target togil_${name})
    set(libraries ${togil_private_libraries})
    if(name STREQUAL "cli")
        # togil_cli is the executable; its objects are not part of the library.
        set(target togil_cli_objects)
        set(libraries Jansson::Jansson)
    else()
        set_property(GLOBAL APPEND PROPERTY TOGIL_LAYER_TARGETS ${target})
    endif()
    togil_plant(arg_SOURCES)
    add_library(${target} OBJECT ${arg_SOURCES})
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_link_libraries(${target} PRIVATE togil_flags ${libraries})
endfunction()

# togil_core(<policy>): the sources of runtime/core once more, as togil_core_<policy>.
function(togil_core policy)
    include("${PROJECT_SOURCE_DIR}/runtime/core/sources.cmake")
    string(TOUPPER "${policy}" upper)
    list(TRANSFORM TOGIL_CORE_SOURCES PREPEND "${PROJECT_SOURCE_DIR}/runtime/core/")
    togil_plant(TOGIL_CORE_SOURCES)
    add_library(togil_core_${policy} OBJECT ${TOGIL_CORE_SOURCES})
    set_target_properties(togil_core_${policy} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_compile_definitions(togil_core_${policy} PRIVATE
        TG_POLICY=${policy} TG_POLICY_${upper}=1)
    target_link_libraries(togil_core_${policy} PRIVATE togil_flags ${togil_private_libraries})
    if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
        # Merging the tails of opcodes would share their indirect jumps; tests/lint counts them.
        set_source_files_properties("${PROJECT_SOURCE_DIR}/runtime/core/vm/loop.c"
            PROPERTIES COMPILE_OPTIONS "-fno-crossjumping;-fno-gcse")
    endif()
    set_property(GLOBAL APPEND PROPERTY TOGIL_LAYER_TARGETS togil_core_${policy})
endfunction()

# What the object libraries include from outside, and what the library links.
set(togil_private_libraries Threads::Threads GMP::GMP m)
if(TOGIL_ALLOC_USED STREQUAL "mimalloc")
    list(APPEND togil_private_libraries mimalloc)
endif()

# togil_library(): libtogil from all layers declared so far.
function(togil_library)
    get_property(targets GLOBAL PROPERTY TOGIL_LAYER_TARGETS)
    set(objects "")
    foreach(target IN LISTS targets)
        list(APPEND objects $<TARGET_OBJECTS:${target}>)
    endforeach()
    add_library(togil ${objects})
    add_library(togil::togil ALIAS togil)
    set_target_properties(togil PROPERTIES
        LINKER_LANGUAGE C
        VERSION ${PROJECT_VERSION}
        SOVERSION ${PROJECT_VERSION_MAJOR})
    target_include_directories(togil PUBLIC
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    target_link_libraries(togil
        PUBLIC Threads::Threads
        PRIVATE $<BUILD_INTERFACE:togil_flags> ${togil_private_libraries})
    if(NOT BUILD_SHARED_LIBS)
        # A program that carries the library offers it to the native modules that it loads.
        target_link_options(togil INTERFACE "LINKER:--export-dynamic-symbol=tg_*")
    endif()
endfunction()

# togil_command(): the executable, from the layer cli. It sees the public headers and the helpers
# of base; those are not exported, so with a shared library it carries its own copy of them.
function(togil_command)
    add_executable(togil_cli $<TARGET_OBJECTS:togil_cli_objects>)
    set_target_properties(togil_cli PROPERTIES OUTPUT_NAME togil LINKER_LANGUAGE C
        RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
    if(BUILD_SHARED_LIBS)
        # Without the library to find there is no path: CMake would fill it with empty elements,
        # which mean the current folder.
        cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR
            BASE_DIRECTORY "${CMAKE_INSTALL_FULL_BINDIR}" OUTPUT_VARIABLE libraries)
        set_target_properties(togil_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${libraries}")
        target_sources(togil_cli PRIVATE $<TARGET_OBJECTS:togil_base>)
    endif()
    target_link_libraries(togil_cli PRIVATE togil togil_flags Jansson::Jansson m)
endfunction()

# togil_embed_python(<target> <out.c> <file.py>...): adds to target a C file that defines
# tgi_embedded_modules[] (runtime/modules/embedded.h). A file's module name is its path below the
# nearest folder named `py`: py/queue.py is queue, py/concurrent/__init__.py is concurrent.
function(togil_embed_python target out)
    set(files "")
    foreach(file IN LISTS ARGN)
        cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
        list(APPEND files "${file}")
    endforeach()
    cmake_path(ABSOLUTE_PATH out BASE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}" NORMALIZE)
    set(script "${PROJECT_SOURCE_DIR}/cmake/EmbedPython.cmake")
    string(REPLACE ";" "|" joined "${files}")
    add_custom_command(OUTPUT "${out}"
        COMMAND "${CMAKE_COMMAND}" "-DOUT=${out}" "-DFILES=${joined}" -P "${script}"
        DEPENDS ${files} "${script}"
        COMMENT "Embedding Python modules" VERBATIM)
    target_sources(${target} PRIVATE "${out}")
endfunction()
