# SPDX-License-Identifier: MIT
#
# cmake -DOUT=<out.c> -DFILES=<a.py|b.py> -P EmbedPython.cmake
#
# Writes tgi_embedded_modules[] (runtime/modules/embedded.h): the bytes of each file as an array,
# with a NUL behind them that the length does not count. Needs nothing but CMake.

string(REPLACE "|" ";" files "${FILES}")
set(arrays "")
set(entries "")
set(index 0)
foreach(file IN LISTS files)
    if(NOT file MATCHES "/py/(.*)\\.py$")
        message(FATAL_ERROR "embedded module ${file} is not below a folder named py")
    endif()
    string(REPLACE "/" "." name "${CMAKE_MATCH_1}")
    set(is_package false)
    if(name MATCHES "^(.*)\\.__init__$")
        set(name "${CMAKE_MATCH_1}")
        set(is_package true)
    endif()
    file(READ "${file}" hex HEX)
    string(LENGTH "${hex}" length)
    math(EXPR length "${length} / 2")
    string(REGEX REPLACE "(................................)" "\\1\n    " hex "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(APPEND arrays
        "static const unsigned char source_${index}[] = { // ${name}\n    ${bytes}0x00};\n\n")
    string(APPEND entries
        "    {\"${name}\", (const char *)source_${index}, ${length}, ${is_package}},\n")
    math(EXPR index "${index} + 1")
endforeach()

file(WRITE "${OUT}.new" "// SPDX-License-Identifier: MIT
//
// Python sources inside the library. Written by cmake/EmbedPython.cmake; do not edit.
#include \"modules/embedded.h\"

${arrays}const tgi_embedded_module tgi_embedded_modules[] = {
${entries}    {NULL, NULL, 0, false},
};
")
file(RENAME "${OUT}.new" "${OUT}")
