# The packages we link, as one target: evalrun_packages. All that is missing
# is named in one message.
find_package(PkgConfig)
if(NOT PKG_CONFIG_FOUND)
  message(FATAL_ERROR "pkg-config is missing: apt-get install pkg-config, "
    "or run scripts/setup.sh")
endif()
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

add_library(evalrun_packages INTERFACE)
target_link_libraries(evalrun_packages INTERFACE
  evalrun_flags m Threads::Threads)
set(missing "")

function(evalrun_package name module apt)
  pkg_check_modules(${name} QUIET IMPORTED_TARGET GLOBAL ${module})
  if(${name}_FOUND)
    message(STATUS "Package ${module} ${${name}_VERSION}")
  else()
    set(missing "${missing}\n  ${apt}" PARENT_SCOPE)
  endif()
endfunction()

foreach(row
    cjson,libcjson,libcjson-dev
    utf8proc,libutf8proc,libutf8proc-dev
    pcre2,libpcre2-8,libpcre2-dev
    zlib,zlib,zlib1g-dev
    curl,libcurl,libcurl4-openssl-dev
    archive,libarchive,libarchive-dev
    crypto,libcrypto,libssl-dev)
  string(REPLACE "," ";" row "${row}")
  list(GET row 0 name)
  evalrun_package(${row})
  if(${name}_FOUND)
    target_link_libraries(evalrun_packages INTERFACE PkgConfig::${name})
  endif()
endforeach()

find_path(EVALRUN_UTHASH uthash.h)
mark_as_advanced(EVALRUN_UTHASH)
if(EVALRUN_UTHASH)
  target_include_directories(evalrun_packages SYSTEM INTERFACE
    "${EVALRUN_UTHASH}")
else()
  string(APPEND missing "\n  uthash-dev")
endif()
if(EVALRUN_TESTS)
  evalrun_package(cmocka cmocka libcmocka-dev)
endif()

if(missing)
  message(FATAL_ERROR "missing packages (names as in Debian and Ubuntu):"
    "${missing}\nscripts/setup.sh installs them")
endif()
