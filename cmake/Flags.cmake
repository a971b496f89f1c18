# Language, warnings, sanitizers. All of it hangs on the target evalrun_flags,
# which every target of ours links, and nobody else's code ever sees.
find_program(EVALRUN_CCACHE ccache)
mark_as_advanced(EVALRUN_CCACHE)
if(EVALRUN_CCACHE AND NOT CMAKE_C_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER "${EVALRUN_CCACHE}")
endif()

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(evalrun_flags INTERFACE)
target_compile_definitions(evalrun_flags INTERFACE _POSIX_C_SOURCE=200809L)
target_include_directories(evalrun_flags INTERFACE
  "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/generated")
target_compile_options(evalrun_flags INTERFACE
  -Wall -Wextra
  -Wmissing-prototypes -Wstrict-prototypes -Wold-style-definition
  -Wwrite-strings -Wpointer-arith -Wvla -Wshadow
  -Wformat=2 -Wformat-security
  -fno-common
  $<$<BOOL:${EVALRUN_WERROR}>:-Werror>)

set(sanitize "${EVALRUN_SANITIZE}")
if(EVALRUN_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "EVALRUN_FUZZ needs clang: -DCMAKE_C_COMPILER=clang")
  endif()
  string(APPEND sanitize ",address,undefined,fuzzer-no-link")
  string(REGEX REPLACE "^," "" sanitize "${sanitize}")
endif()
if(sanitize)
  target_compile_options(evalrun_flags INTERFACE
    -fsanitize=${sanitize} -fno-sanitize-recover=all
    -fno-omit-frame-pointer -O1
    -Wno-format-truncation) # gcc sees impossible NULL formats through UBSan
  target_link_options(evalrun_flags INTERFACE -fsanitize=${sanitize})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  # As Ubuntu's compilers do by default, so that all systems warn alike.
  target_compile_options(evalrun_flags INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
endif()
