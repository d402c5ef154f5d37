# SPDX-License-Identifier: MIT
#
# What `cmake --install` puts down: libtogil, the public headers, the togil command, a CMake
# package (togil::togil) and togil.pc. tests/install builds consumers against all of it.
include(CMakePackageConfigHelpers)

set(TOGIL_PACKAGE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/togil")

install(TARGETS togil EXPORT togilTargets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/togil"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
install(EXPORT togilTargets NAMESPACE togil:: DESTINATION "${TOGIL_PACKAGE_DIR}")
if(TARGET togil_cli)
    install(TARGETS togil_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()

# A static library hands its dependencies to whoever links it; a shared one keeps them.
if(BUILD_SHARED_LIBS)
    set(TOGIL_NEEDS_PRIVATE_LIBRARIES OFF)
else()
    set(TOGIL_NEEDS_PRIVATE_LIBRARIES ON)
endif()
if(TOGIL_ALLOC_USED STREQUAL "mimalloc")
    set(TOGIL_NEEDS_MIMALLOC ${TOGIL_NEEDS_PRIVATE_LIBRARIES})
    # mimalloc has no .pc file; where it keeps its library is known only here.
    get_target_property(location mimalloc IMPORTED_LOCATION_${togil_build_type})
    if(NOT location)
        get_target_property(configurations mimalloc IMPORTED_CONFIGURATIONS)
        list(GET configurations 0 configuration)
        get_target_property(location mimalloc IMPORTED_LOCATION_${configuration})
    endif()
    cmake_path(GET location PARENT_PATH folder)
    set(TOGIL_PC_MIMALLOC " -L${folder} -lmimalloc")
else()
    set(TOGIL_NEEDS_MIMALLOC OFF)
    set(TOGIL_PC_MIMALLOC "")
endif()

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/togilConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/togilConfig.cmake" INSTALL_DESTINATION "${TOGIL_PACKAGE_DIR}")
# While the major version is 0, a new minor version may break its users.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/togilConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES
    "${PROJECT_BINARY_DIR}/togilConfig.cmake"
    "${PROJECT_BINARY_DIR}/togilConfigVersion.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/FindGMP.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/TogilModule.cmake"
    DESTINATION "${TOGIL_PACKAGE_DIR}")

# Paths in togil.pc are relative to the file, so that an installed tree can be moved.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
    BASE_DIRECTORY "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" OUTPUT_VARIABLE TOGIL_PC_PREFIX)
set(private_libs "-lgmp${TOGIL_PC_MIMALLOC} -lm -pthread")
if(BUILD_SHARED_LIBS)
    set(TOGIL_PC_LIBS "")
    set(TOGIL_PC_LIBS_PRIVATE "${private_libs}")
else()
    # Only the archive exists, so plain `pkg-config --libs` must give everything.
    # It offers its functions to the native modules that it loads.
    set(TOGIL_PC_LIBS " ${private_libs} -Wl,--export-dynamic-symbol=tg_*")
    set(TOGIL_PC_LIBS_PRIVATE "")
endif()
configure_file("${PROJECT_SOURCE_DIR}/cmake/togil.pc.in" "${PROJECT_BINARY_DIR}/togil.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/togil.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
