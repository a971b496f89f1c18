# Stands in for CMake's own FindOpenMP where the compiler has no OpenMP of its
# own (clang without libomp): libllama needs only the runtime to link against,
# and that is the one of the gcc which built it.
find_program(gcc_program NAMES gcc)
if(gcc_program)
  execute_process(COMMAND "${gcc_program}" -print-file-name=libgomp.so
    OUTPUT_VARIABLE gomp OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
unset(gcc_program CACHE)
if(IS_ABSOLUTE "${gomp}")
  set(OpenMP_FOUND TRUE)
  foreach(lang C CXX)
    if(NOT TARGET OpenMP::OpenMP_${lang})
      add_library(OpenMP::OpenMP_${lang} INTERFACE IMPORTED)
      set_target_properties(OpenMP::OpenMP_${lang} PROPERTIES
        INTERFACE_LINK_LIBRARIES "${gomp}")
    endif()
  endforeach()
else()
  set(OpenMP_FOUND FALSE)
endif()
