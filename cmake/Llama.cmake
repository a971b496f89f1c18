# libllama, as the target evalrun_llama; also EVALRUN_LLAMA_VERSION.
#
# find_package comes first (a system one, or -DCMAKE_PREFIX_PATH=...), then the
# engine that scripts/setup.sh built into the cache. Either must offer exactly
# what cmake/llama_api.c uses, or the build is refused here, not half way.
add_library(evalrun_llama INTERFACE)
if(NOT EVALRUN_LLAMA)
  set(EVALRUN_LLAMA_VERSION "none")
  return()
endif()
enable_language(CXX)

# An engine built by gcc wants gcc's OpenMP runtime, whoever compiles us.
find_package(OpenMP QUIET)
if(NOT OpenMP_FOUND)
  list(PREPEND CMAKE_MODULE_PATH "${PROJECT_SOURCE_DIR}/cmake/gomp")
endif()

# What an earlier run found in another place must not be mixed with this one.
unset(llama_LIBRARY CACHE)
unset(ggml_DIR CACHE)
if(NOT EVALRUN_ENGINE STREQUAL EVALRUN_ENGINE_BEFORE)
  if(DEFINED EVALRUN_ENGINE_BEFORE)
    unset(llama_DIR CACHE)
  endif()
  set(EVALRUN_ENGINE_BEFORE "${EVALRUN_ENGINE}" CACHE INTERNAL "")
endif()

if(EVALRUN_ENGINE MATCHES "^(auto|system)$")
  find_package(llama CONFIG QUIET)
endif()
if(NOT llama_FOUND AND NOT EVALRUN_ENGINE STREQUAL "system")
  execute_process(
    COMMAND bash "${PROJECT_SOURCE_DIR}/scripts/setup.sh"
      --engine "${EVALRUN_ENGINE}" --where engine
    OUTPUT_VARIABLE engine OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(llama_DIR "${engine}/lib/cmake/llama" CACHE PATH "" FORCE)
  find_package(llama CONFIG QUIET NO_DEFAULT_PATH)
endif()
if(NOT llama_FOUND)
  message(FATAL_ERROR "no llama.cpp found (looked as find_package does"
    " for EVALRUN_ENGINE=${EVALRUN_ENGINE}; in the cache: ${engine})\n"
    "Run scripts/setup.sh to build the one that evalrun is made for, or give"
    " -DCMAKE_PREFIX_PATH=<prefix> for one of yours, or -DEVALRUN_LLAMA=OFF"
    " to go without.")
endif()

get_filename_component(prefix "${llama_DIR}/../../.." ABSOLUTE)
set(EVALRUN_LLAMA_VERSION "${LLAMA_VERSION} ${LLAMA_BUILD_COMMIT}")
set(EVALRUN_LLAMA_BUILD "")
if(EXISTS "${prefix}/evalrun-engine.txt")
  file(STRINGS "${prefix}/evalrun-engine.txt" EVALRUN_LLAMA_BUILD
    LIMIT_COUNT 1)
endif()

# A static ggml-cuda leaves the CUDA libraries to its user.
set(extra "")
if(GGML_CUDA AND NOT LLAMA_SHARED_LIB AND NOT GGML_STATIC)
  find_package(CUDAToolkit REQUIRED)
  set(extra CUDA::cudart CUDA::cublas CUDA::cuda_driver)
endif()
target_link_libraries(evalrun_llama INTERFACE llama ${extra})

# Checked again whenever the engine or the list of what we use changes.
file(SHA256 "${PROJECT_SOURCE_DIR}/cmake/llama_api.c" uses)
file(SHA256 "${LLAMA_INCLUDE_DIR}/llama.h" offers)
if(NOT EVALRUN_LLAMA_CHECKED STREQUAL "${uses} ${offers}")
  set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
  unset(EVALRUN_LLAMA_KNOWN CACHE)
  try_compile(EVALRUN_LLAMA_KNOWN "${PROJECT_BINARY_DIR}/llama_api"
    "${PROJECT_SOURCE_DIR}/cmake/llama_api.c"
    COMPILE_DEFINITIONS -Werror LINK_LIBRARIES llama OUTPUT_VARIABLE log)
  unset(CMAKE_TRY_COMPILE_TARGET_TYPE)
  if(NOT EVALRUN_LLAMA_KNOWN)
    string(REGEX MATCHALL "[^\n]*error:[^\n]*" log "${log}")
    list(JOIN log "\n  " log)
    message(FATAL_ERROR "the llama.cpp in ${prefix} (${EVALRUN_LLAMA_VERSION})"
      " has an interface that evalrun does not know:\n  ${log}\n"
      "Wanted: llama.cpp 0.5.0 as in llama-cpp-python 0.3.36;"
      " scripts/setup.sh --engine cpu builds it, and"
      " -DEVALRUN_ENGINE=cpu chooses it.")
  endif()
  set(EVALRUN_LLAMA_CHECKED "${uses} ${offers}" CACHE INTERNAL "")
endif()
message(STATUS "Engine llama.cpp ${EVALRUN_LLAMA_VERSION} in ${prefix}")
