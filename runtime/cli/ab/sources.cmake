# SPDX-License-Identifier: MIT
#
# The sources of `togil ab`, in reading order. The command links libm for them.
set(TOGIL_AB_SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/ab.c
    ${CMAKE_CURRENT_LIST_DIR}/options.c
    ${CMAKE_CURRENT_LIST_DIR}/modes.c
    ${CMAKE_CURRENT_LIST_DIR}/machine.c
    ${CMAKE_CURRENT_LIST_DIR}/session.c
    ${CMAKE_CURRENT_LIST_DIR}/child.c
    ${CMAKE_CURRENT_LIST_DIR}/outputs.c
    ${CMAKE_CURRENT_LIST_DIR}/progress.c
    ${CMAKE_CURRENT_LIST_DIR}/analysis.c
    ${CMAKE_CURRENT_LIST_DIR}/stats.c
    ${CMAKE_CURRENT_LIST_DIR}/usl.c
    ${CMAKE_CURRENT_LIST_DIR}/report.c
    ${CMAKE_CURRENT_LIST_DIR}/json.c
    ${CMAKE_CURRENT_LIST_DIR}/results_json.c
    ${CMAKE_CURRENT_LIST_DIR}/results_html.c
    ${CMAKE_CURRENT_LIST_DIR}/charts.c
    ${CMAKE_CURRENT_LIST_DIR}/svg.c)
