# SPDX-License-Identifier: MIT
#
# cmake -DCASE=<case> -DWORK=<folder> ... -P check_install.cmake
#
# One step of the install test; see CMakeLists.txt for the order and the variables.

set(prefix "${WORK}/moved")

function(run)
    execute_process(COMMAND ${ARGN}
        RESULT_VARIABLE result OUTPUT_VARIABLE out ERROR_VARIABLE err)
    if(NOT result EQUAL 0)
        string(REPLACE ";" " " command "${ARGN}")
        message(FATAL_ERROR "exit ${result}: ${command}\n${out}${err}")
    endif()
    set(out "${out}" PARENT_SCOPE)
endfunction()

function(configure_and_run folder)
    file(REMOVE_RECURSE "${folder}")
    run("${CMAKE_COMMAND}" -S "${CONSUMER}" -B "${folder}" -G "${GENERATOR}"
        "-DCMAKE_C_COMPILER=${CC}" "-DCMAKE_C_COMPILER_LAUNCHER=${LAUNCHER}"
        -DCMAKE_BUILD_TYPE=Debug ${ARGN})
    run("${CMAKE_COMMAND}" --build "${folder}")
    run("${folder}/consumer")
    if(NOT out STREQUAL "42 from togil ${VERSION}\n")
        message(FATAL_ERROR "the consumer printed: ${out}")
    endif()
endfunction()

# The command at that path runs a program, from the root so that no search path helps it.
function(check_command path)
    run("${CMAKE_COMMAND}" -E chdir / "${path}" -c "print(6 * 7)")
    if(NOT out STREQUAL "42\n")
        message(FATAL_ERROR "${path} printed: ${out}")
    endif()
endfunction()

# A consumer built by what pkg-config says about the library below prefix; out_flags: what it said.
function(check_pkg_config folder out_flags)
    find_program(pkg_config NAMES pkg-config pkgconf REQUIRED)
    set(ENV{PKG_CONFIG_PATH} "${prefix}/${LIBDIR}/pkgconfig")
    run("${pkg_config}" --modversion togil)
    if(NOT out STREQUAL "${VERSION}\n")
        message(FATAL_ERROR "togil.pc has version ${out}")
    endif()
    run("${pkg_config}" --cflags --libs togil)
    set(${out_flags} "${out}" PARENT_SCOPE)
    separate_arguments(flags UNIX_COMMAND "${out}")
    file(MAKE_DIRECTORY "${folder}")
    run("${CC}" -std=c11 -Wall -Wextra -Werror -o "${folder}/consumer" "${CONSUMER}/main.c" ${flags})
    set(ENV{LD_LIBRARY_PATH} "${prefix}/${LIBDIR}")
    run("${folder}/consumer")
    if(NOT out STREQUAL "42 from togil ${VERSION}\n")
        message(FATAL_ERROR "the consumer printed: ${out}")
    endif()
endfunction()

# The first block of docs/native.md in that language, written to a file.
function(take_from_page language file)
    file(READ "${SOURCE}/docs/native.md" page)
    string(FIND "${page}" "```${language}\n" begin)
    string(LENGTH "```${language}\n" fence)
    math(EXPR begin "${begin} + ${fence}")
    string(SUBSTRING "${page}" ${begin} -1 page)
    string(FIND "${page}" "```" end)
    string(SUBSTRING "${page}" 0 ${end} page)
    file(WRITE "${file}" "${page}")
endfunction()

# The module in a folder, imported there by the installed command.
function(check_module folder)
    run("${CMAKE_COMMAND}" -E chdir "${folder}" "${prefix}/${BINDIR}/togil" -c
        "import checksum, togil\nprint(checksum.adler32(b'Wikipedia'), togil.gil_enabled())")
    if(NOT out STREQUAL "300286872 False\n")
        message(FATAL_ERROR "the module in ${folder}: ${out}")
    endif()
endfunction()

if(CASE STREQUAL "install")
    file(REMOVE_RECURSE "${WORK}")
    run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${WORK}/prefix")
    # Whatever still names the first place is found out by moving everything.
    file(RENAME "${WORK}/prefix" "${prefix}")

    file(GLOB installed RELATIVE "${prefix}/include" "${prefix}/include/*")
    if(NOT installed STREQUAL "togil")
        message(FATAL_ERROR "include/ holds ${installed}, expected togil alone")
    endif()
    file(GLOB_RECURSE headers RELATIVE "${prefix}" "${prefix}/include/*")
    foreach(header IN LISTS headers)
        if(NOT header MATCHES "\\.(h|def)$")
            message(FATAL_ERROR "${header} is installed")
        endif()
    endforeach()
    run("${prefix}/${BINDIR}/togil" --version)
    if(NOT out MATCHES "${VERSION}")
        message(FATAL_ERROR "togil --version printed: ${out}")
    endif()
    check_command("${prefix}/${BINDIR}/togil")
elseif(CASE STREQUAL "find_package")
    configure_and_run("${WORK}/find_package" -DHOW=find_package "-DCMAKE_PREFIX_PATH=${prefix}"
        "-DVERSION=${VERSION}")
elseif(CASE STREQUAL "pkg_config")
    check_pkg_config("${WORK}/pkg_config" said)
elseif(CASE MATCHES "^module_(pkg_config|host)$")
    find_program(pkg_config NAMES pkg-config pkgconf REQUIRED)
    set(ENV{PKG_CONFIG_PATH} "${prefix}/${LIBDIR}/pkgconfig")
    run("${pkg_config}" --cflags togil)
    separate_arguments(cflags UNIX_COMMAND "${out}")
    run("${pkg_config}" --libs togil)
    separate_arguments(libs UNIX_COMMAND "${out}")
    set(folder "${WORK}/${CASE}")
    take_from_page(c "${folder}/checksum.c")
    set(strict -Wall -Wextra -pedantic-errors -Werror)
    run("${CC}" -std=c11 ${strict} -shared -fPIC -O2 ${cflags}
        -o "${folder}/checksum.togil.so" "${folder}/checksum.c")
    if(CASE STREQUAL "module_pkg_config")
        check_module("${folder}")
        find_program(cxx NAMES c++ g++ clang++ REQUIRED)
        file(MAKE_DIRECTORY "${folder}/cxx")
        run("${cxx}" -std=c++17 -x c++ ${strict} -shared -fPIC -O2 ${cflags}
            -o "${folder}/cxx/checksum.togil.so" "${folder}/checksum.c")
        check_module("${folder}/cxx")
    else()
        run("${CC}" -std=c11 ${strict} -o "${folder}/host" "${CONSUMER}/../module/host.c"
            ${cflags} ${libs})
        set(ENV{LD_LIBRARY_PATH} "${prefix}/${LIBDIR}")
        run("${folder}/host" "${folder}")
        if(NOT out STREQUAL "300286872, GIL off\n")
            message(FATAL_ERROR "the host printed: ${out}")
        endif()
    endif()
elseif(CASE STREQUAL "module_cmake")
    set(folder "${WORK}/module_cmake")
    file(REMOVE_RECURSE "${folder}")
    take_from_page(c "${folder}/checksum.c")
    take_from_page(cmake "${folder}/CMakeLists.txt")
    run("${CMAKE_COMMAND}" -S "${folder}" -B "${folder}/build" -G "${GENERATOR}"
        "-DCMAKE_C_COMPILER=${CC}" "-DCMAKE_C_COMPILER_LAUNCHER=${LAUNCHER}"
        "-DCMAKE_PREFIX_PATH=${prefix}")
    run("${CMAKE_COMMAND}" --build "${folder}/build")
    check_module("${folder}/build")
elseif(CASE STREQUAL "add_subdirectory")
    # One core is enough to see that a parent project can build and link us.
    configure_and_run("${WORK}/add_subdirectory" -DHOW=add_subdirectory "-DSOURCE=${SOURCE}"
        -DTOGIL_CORES=classic)
elseif(CASE STREQUAL "shared")
    # The library as a shared object, beside the command that finds it wherever both are moved. One
    # core is enough. The build type is that of this build, so that a compiler cache helps.
    set(folder "${WORK}/shared")
    file(REMOVE_RECURSE "${folder}")
    run("${CMAKE_COMMAND}" -S "${SOURCE}" -B "${folder}/build" -G "${GENERATOR}"
        "-DCMAKE_C_COMPILER=${CC}" "-DCMAKE_C_COMPILER_LAUNCHER=${LAUNCHER}"
        "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}" -DBUILD_SHARED_LIBS=ON -DTOGIL_CORES=classic
        -DTOGIL_BUILD_TESTS=OFF)
    run("${CMAKE_COMMAND}" --build "${folder}/build" --target togil togil_cli)
    check_command("${folder}/build/togil")
    run("${CMAKE_COMMAND}" --install "${folder}/build" --prefix "${folder}/prefix")
    file(GLOB built "${folder}/build/libtogil.so*" "${folder}/build/*/libtogil.so*")
    file(REMOVE ${built})
    file(RENAME "${folder}/prefix" "${folder}/moved")
    set(prefix "${folder}/moved")
    set(library "${prefix}/${LIBDIR}/libtogil.so")

    # An empty element of a search path would be the folder the user happens to be in.
    find_program(readelf NAMES readelf llvm-readelf REQUIRED)
    run("${readelf}" -d "${prefix}/${BINDIR}/togil")
    string(REGEX MATCH "R(UN)?PATH[^[]*\\[([^]]*)\\]" found "${out}")
    set(runpath "${CMAKE_MATCH_2}")
    if(NOT runpath MATCHES "^\\$ORIGIN/[^:]+$")
        message(FATAL_ERROR "the command looks for its library in '${runpath}'")
    endif()
    if(out MATCHES "NEEDED[^[]*\\[libgmp")
        message(FATAL_ERROR "the command carries what is the library's:\n${out}")
    endif()
    run("${readelf}" -d "${library}")
    if(out MATCHES "R(UN)?PATH")
        message(FATAL_ERROR "the library has a search path:\n${out}")
    endif()
    find_program(nm NAMES nm llvm-nm REQUIRED)
    run("${nm}" -D --defined-only --format=posix "${library}")
    string(REPLACE "\n" ";" symbols "${out}")
    list(FILTER symbols EXCLUDE REGEX "^(tg_|TG_|$)")
    if(symbols)
        message(FATAL_ERROR "the library shows more than its interface: ${symbols}")
    endif()

    check_command("${prefix}/${BINDIR}/togil")
    configure_and_run("${folder}/find_package" -DHOW=find_package "-DCMAKE_PREFIX_PATH=${prefix}"
        "-DVERSION=${VERSION}")
    check_pkg_config("${folder}/pkg_config" said)
    if(said MATCHES "gmp")
        message(FATAL_ERROR "who links the shared library is told to link: ${said}")
    endif()
else()
    message(FATAL_ERROR "no case named '${CASE}'")
endif()
