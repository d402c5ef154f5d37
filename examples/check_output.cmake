# SPDX-License-Identifier: MIT
#
# cmake -DEXPECTED=<text> -P check_output.cmake <program> <arguments>...
#
# Runs the program: it must exit with 0, say nothing on stderr, and print exactly the text and a newline.
set(command "")
set(taking FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
    if(taking)
        list(APPEND command "${CMAKE_ARGV${i}}")
    elseif(CMAKE_ARGV${i} MATCHES "check_output.cmake$")
        set(taking TRUE)
    endif()
endforeach()

execute_process(COMMAND ${command} OUTPUT_VARIABLE out ERROR_VARIABLE err RESULT_VARIABLE code)
if(NOT code STREQUAL "0" OR NOT err STREQUAL "" OR NOT out STREQUAL "${EXPECTED}\n")
    message(FATAL_ERROR "expected:\n${EXPECTED}\n\ngot (exit code ${code}):\n${out}\n${err}")
endif()
