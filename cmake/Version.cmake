# base/version.h, in the build directory.
set(EVALRUN_GIT "")
find_package(Git QUIET)
if(GIT_FOUND AND EXISTS "${PROJECT_SOURCE_DIR}/.git")
  execute_process(
    COMMAND "${GIT_EXECUTABLE}" describe --always --dirty --tags
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    OUTPUT_VARIABLE EVALRUN_GIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()

string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
string(JOIN " " EVALRUN_BUILD_FLAGS
  "${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}"
  ${CMAKE_BUILD_TYPE} ${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${type}})
if(EVALRUN_SANITIZE)
  string(APPEND EVALRUN_BUILD_FLAGS " -fsanitize=${EVALRUN_SANITIZE}")
endif()
if(EVALRUN_LLAMA_BUILD)
  string(APPEND EVALRUN_BUILD_FLAGS "; engine ${EVALRUN_LLAMA_BUILD}")
endif()

set(EVALRUN_DATADIR "${CMAKE_INSTALL_FULL_DATADIR}/evalrun")
if(EVALRUN_LLAMA)
  set(EVALRUN_HAVE_LLAMA 1)
else()
  set(EVALRUN_HAVE_LLAMA 0)
endif()
target_compile_definitions(evalrun_flags INTERFACE
  EVALRUN_HAVE_LLAMA=${EVALRUN_HAVE_LLAMA})
configure_file("${PROJECT_SOURCE_DIR}/cmake/version.h.in"
  "${PROJECT_BINARY_DIR}/generated/base/version.h" @ONLY)
