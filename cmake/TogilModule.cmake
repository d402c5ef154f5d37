# SPDX-License-Identifier: MIT
#
# togil_add_module(<name> <source>...): a native module, built as <name>.togil.so. It is compiled
# against the public headers and not linked with libtogil: the program that loads it provides the
# functions. The target is <name>; if another target has that name already, give this one a name of
# its own and set its property OUTPUT_NAME. Part of the installed package.
function(togil_add_module name)
    add_library(${name} MODULE ${ARGN})
    set_target_properties(${name} PROPERTIES
        PREFIX "" SUFFIX ".togil.so" C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden)
    target_include_directories(${name} PRIVATE
        $<TARGET_PROPERTY:togil::togil,INTERFACE_INCLUDE_DIRECTORIES>)
endfunction()
